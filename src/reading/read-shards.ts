import { breathe } from '../base/breathe.ts';
import { Refused } from '../base/findings.ts';
import { MAX_SHARD_BYTES } from '../base/limits.ts';
import type { Entry } from '../bundle/entry.ts';
import { parseAuthor } from '../manifest/parse.ts';
import { linesOf } from '../manifest/shards.ts';
import type { AuthorRecord, Shard } from '../manifest/types.ts';
import { RecordShard } from './record-shard.ts';
import { DIGEST_BYTES, scanShard, type ShardScan } from './scan-shard.ts';
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
    const { bytes, digest } = await this.#state.whole(entry, MAX_SHARD_BYTES);
    if (digest !== shard.digest) {
      this.#state.damage('shard-digest-mismatch', entry.place, shard.digest, digest);
      this.#state.shardsLost = true;
      return;
    }
    if (kind === 'records') yield this.#records(entry, shard, bytes);
    else yield await this.#authors(entry, bytes);
  }

  /** Without a manifest: what the shard names is noted, and its digest kept for the end of the bundle. */
  async #readUnproven(entry: Entry, kind: ShardKind): Promise<void> {
    if (entry.name <= this.#last && entry.name.startsWith(kind) && this.#last.startsWith(kind)) {
      throw new Refused('entry-duplicate', entry.place, { expected: 'each shard once', found: entry.name });
    }
    this.#last = entry.name;
    const { bytes, digest } = await this.#state.whole(entry, MAX_SHARD_BYTES);
    this.#state.unproven.set(entry.name, digest);
    if (kind !== 'records') return;
    const scan = scanOf(entry, bytes);
    this.#refusedIn(entry, scan);
    this.#state.recordsRead += scan.ends.length;
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

  #records(entry: Entry, { count }: Shard, bytes: Buffer): WalkItem {
    const scan = scanOf(entry, bytes);
    const refused = this.#refusedIn(entry, scan);
    const found = scan.ends.length;
    if (found !== count)
      this.#state.damage('record-invalid', entry.place, `${count} lines`, `${found} lines`);
    const before = this.#state.manifest!.records.slice(0, this.#next.records - 1);
    const first = before.reduce((sum, earlier) => sum + earlier.count, 0);
    const records = new RecordShard(first, bytes, scan.ends.subarray(0, count), refused);
    this.#state.recordsRead += records.count;
    return { kind: 'records', shard: records };
  }

  /** Lists the contents that the records name; returns the lines, counted from 0, that are no records. */
  #refusedIn(entry: Entry, { ends, digests, sizes, problems }: ShardScan): ReadonlySet<number> {
    const refused = new Set<number>();
    const refuse = (at: number, expected: string, found: string) => {
      refused.add(at);
      this.#state.damage('record-invalid', { ...entry.place, line: at + 1 }, expected, found);
    };
    for (const [at, problem] of problems) refuse(at, 'a record that fits the schema', problem);
    for (let at = 0; at < ends.length; at += 1) {
      const size = sizes[at]!;
      if (size < 0) continue;
      const listed = this.#state.contents.listBytes(digests, at * DIGEST_BYTES, size);
      if (listed !== size)
        refuse(at, `size ${listed}, as in an earlier record of this content`, `size ${size}`);
    }
    return refused;
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

/** What a thread has found in the shard, or is found now. */
function scanOf(entry: Entry, bytes: Buffer): ShardScan {
  return (entry.details as ShardScan | null | undefined) ?? scanShard(bytes);
}
