import { breathe } from '../base/breathe.ts';
import { digestOf } from '../base/digest.ts';
import { Refused } from '../base/findings.ts';
import { MAX_LINE_BYTES, MAX_SHARD_BYTES } from '../base/limits.ts';
import type { Entry } from '../bundle/entry.ts';
import { parseAuthor, parseRecord } from '../manifest/parse.ts';
import { linesOf } from '../manifest/shards.ts';
import type { AuthorRecord, ImageRecord, Shard } from '../manifest/types.ts';
import type { WalkItem } from './walk-items.ts';
import type { WalkState } from './walk-state.ts';

type ShardKind = 'records' | 'authors';

/** Reads the shards of records and authors, and holds them against the manifest's list. */
export class ShardReader {
  readonly #state: WalkState;
  readonly #next = { records: 0, authors: 0 };
  #last = '';

  constructor(state: WalkState) {
    this.#state = state;
  }

  /** @throws Refused `entry-unexpected`, `entry-duplicate`, `limit-exceeded` */
  async *read(entry: Entry, kind: ShardKind): AsyncGenerator<WalkItem> {
    if (this.#state.manifest === null) return await this.#readUnproven(entry, kind);
    const shard = this.#expected(entry, kind);
    const bytes = await this.#state.whole(entry, MAX_SHARD_BYTES);
    const found = digestOf(bytes);
    if (found !== shard.digest) {
      this.#state.damage('shard-digest-mismatch', entry.place, shard.digest, found);
      this.#state.shardsLost = true;
      return;
    }
    if (kind === 'records') yield await this.#records(entry, shard, bytes);
    else yield await this.#authors(entry, bytes);
  }

  /** Without a manifest: what the shard names is noted, and its digest kept for the end of the bundle. */
  async #readUnproven(entry: Entry, kind: ShardKind): Promise<void> {
    if (entry.name <= this.#last && entry.name.startsWith(kind) && this.#last.startsWith(kind)) {
      throw new Refused('entry-duplicate', entry.place, { expected: 'each shard once', found: entry.name });
    }
    this.#last = entry.name;
    const bytes = await this.#state.whole(entry, MAX_SHARD_BYTES);
    this.#state.unproven.set(entry.name, digestOf(bytes));
    if (kind !== 'records') return;
    let line = 0;
    for (const text of linesOf(bytes)) {
      await breathe();
      this.#record(entry, text, (line += 1));
    }
    this.#state.recordsRead += line;
  }

  /** No shard comes any more. */
  finish(): void {
    const { records, authors } = this.#state.manifest!;
    this.#lost('records', records.length);
    this.#lost('authors', authors.length);
  }

  /** Shards come as the manifest lists them; those passed over were lost to damage. */
  #expected(entry: Entry, kind: ShardKind): Shard {
    const shards = this.#state.manifest![kind];
    const at = shards.findIndex((shard) => shard.path === entry.name);
    if (at < 0) {
      throw new Refused('entry-unexpected', entry.place, {
        expected: 'a shard that the manifest lists',
        found: entry.name,
      });
    }
    if (at < this.#next[kind]) {
      throw new Refused('entry-duplicate', entry.place, { expected: 'each shard once', found: entry.name });
    }
    this.#lost(kind, at);
    this.#next[kind] = at + 1;
    return shards[at]!;
  }

  #lost(kind: ShardKind, before: number): void {
    for (const shard of this.#state.manifest![kind].slice(this.#next[kind], before)) {
      this.#state.damage('file-missing', { entry: shard.path }, `${shard.count} lines`, 'nothing');
      this.#state.shardsLost = true;
    }
    this.#next[kind] = Math.max(this.#next[kind], before);
  }

  async #records(entry: Entry, shard: Shard, bytes: Buffer): Promise<WalkItem> {
    const before = this.#state.manifest!.records.slice(0, this.#next.records - 1);
    const first = before.reduce((sum, earlier) => sum + earlier.count, 0);
    const records: (ImageRecord | null)[] = [];
    const lines = [...linesOf(bytes)];
    for (const line of lines) {
      await breathe();
      records.push(this.#record(entry, line, records.length + 1));
    }
    if (records.length !== shard.count) {
      this.#state.damage('record-invalid', entry.place, `${shard.count} lines`, `${records.length} lines`);
      records.length = Math.min(records.length, shard.count);
    }
    this.#state.recordsRead += records.length;
    return { kind: 'records', first, records, lines };
  }

  #record(entry: Entry, bytes: Buffer, line: number): ImageRecord | null {
    const tooLong = bytes.length > MAX_LINE_BYTES;
    const { value, problem } = tooLong ? { value: null, problem: 'line too long' } : parseRecord(bytes);
    const where = { ...entry.place, line };
    if (problem !== null) {
      this.#state.damage('record-invalid', where, 'a record that fits the schema', problem);
      return null;
    }
    const { file } = value;
    if (file === undefined) return value;
    const listed = this.#state.contents.list(file.digest, file.size);
    if (listed === file.size) return value;
    const expected = `size ${listed}, as in an earlier record of this content`;
    this.#state.damage('record-invalid', where, expected, `size ${file.size}`);
    return null;
  }

  async #authors(entry: Entry, bytes: Buffer): Promise<WalkItem> {
    const authors: AuthorRecord[] = [];
    let line = 0;
    for (const text of linesOf(bytes)) {
      await breathe();
      line += 1;
      const { value, problem } = parseAuthor(text);
      if (problem === null) authors.push(value);
      else {
        const where = { ...entry.place, line };
        this.#state.damage('record-invalid', where, 'an author that fits the schema', problem);
      }
    }
    return { kind: 'authors', authors };
  }
}
