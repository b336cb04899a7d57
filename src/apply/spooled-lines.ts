import type Database from 'better-sqlite3';
import { lineEnds } from '../manifest/shards.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { RecordShard } from '../reading/record-shard.ts';

/** Shards that are in memory: records are asked for in their order, and those that share a photo with them. */
const IN_MEMORY = 2;

/** The lines of records that wait, in the scratch database, as the bundle has them: a shard a row. */
export class SpooledLines {
  readonly #insert: Database.Statement;
  readonly #select: Database.Statement<[number], { readonly first: number; readonly lines: Buffer }>;
  /** The one that was used last comes first. */
  #loaded: RecordShard[] = [];

  constructor(scratch: Database.Database) {
    scratch.exec('CREATE TABLE spooled_lines (first INTEGER PRIMARY KEY, lines BLOB)');
    this.#insert = scratch.prepare('INSERT INTO spooled_lines VALUES (?, ?)');
    this.#select = scratch.prepare(
      'SELECT first, lines FROM spooled_lines WHERE first <= ? ORDER BY first DESC LIMIT 1',
    );
  }

  keep({ first, bytes }: RecordShard): void {
    this.#insert.run(first, bytes);
  }

  /** The record with this ordinal, which must be in a shard that was kept, and must have been held to all rules before. */
  record(ordinal: number): ImageRecord {
    const shard = this.#shardOf(ordinal);
    return shard.record(ordinal - shard.first)!;
  }

  #shardOf(ordinal: number): RecordShard {
    const holds = ({ first, count }: RecordShard) => ordinal >= first && ordinal < first + count;
    const shard = this.#loaded.find(holds) ?? this.#load(ordinal);
    if (shard !== this.#loaded[0])
      this.#loaded = [shard, ...this.#loaded.filter((other) => other !== shard)].slice(0, IN_MEMORY);
    return shard;
  }

  #load(ordinal: number): RecordShard {
    const { first, lines } = this.#select.get(ordinal)!;
    return new RecordShard(first, lines, lineEnds(lines), new Set());
  }
}
