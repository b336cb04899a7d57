import type Database from 'better-sqlite3';
import { NumberList } from '../base/number-list.ts';
import type { AuthorRecord, ImageRecord } from '../manifest/types.ts';
import type { DigestTable } from '../reading/digest-table.ts';
import type { RecordShard } from '../reading/record-shard.ts';
import { SpooledLines } from './spooled-lines.ts';
import { BATCH, type Load, WINDOW, WINDOW_BYTES } from './window-size.ts';

/** A record that waits for its turn. */
export interface SpooledRecord {
  readonly ordinal: number;
  readonly digest: string | null;
  readonly record: ImageRecord;
}

/** A content whose records are not bounded: it is too long to be kept for those that do not fit. */
const UNBOUNDED: Load = { records: Number.POSITIVE_INFINITY, lineBytes: Number.POSITIVE_INFINITY };

/** What a record waits for: its turn, where it needs no file, or its file. */
const NOTHING = 0;
const ITS_TURN = 1;
const ITS_FILE = 2;

/** What is known of a record is one number: this times the bytes of its line, and what it waits for. */
const LINE_BYTE = 4;

/** Records that are decided together. */
export interface SpoolWindow {
  readonly records: readonly SpooledRecord[];
  /** The ordinal from which on more records wait for the content that was asked for; null when these are all. */
  readonly rest: number | null;
}

/**
 * The records of a bundle that have something to be done. They come before the payload, and a million of them
 * must not fill the memory: their lines lie in the scratch database, here are 16 bytes for each.
 */
export class RecordSpool {
  readonly #contents: DigestTable;
  readonly #lines: SpooledLines;
  readonly #insertAuthor: Database.Statement;
  readonly #takeAuthor: Database.Statement<[string], string>;
  /** Authors whose details wait: there are far fewer than images. */
  readonly #authors = new Set<string>();

  /** By ordinal: the number of the record's content, counted from 1; 0 where it has none. */
  readonly #contentOf = new NumberList();
  /** By ordinal: the bytes of its line, and what it waits for. */
  readonly #facts = new NumberList();
  /** The ordinals of the records of a content, counted from 1: the first by content, the others each by the one before. */
  #chains: { readonly first: NumberList; readonly next: NumberList } | null = null;
  #shardWaits = false;
  #settled: number[] = [];
  /** No record before these waits for its turn, or for anything. */
  #firstTurn = 0;
  #firstLeft = 0;

  /** `contents` lists the contents of all records that will be added. */
  constructor(db: Database.Database, contents: DigestTable) {
    this.#contents = contents;
    this.#lines = new SpooledLines(db);
    db.exec('CREATE TABLE spooled_authors (author TEXT PRIMARY KEY, line TEXT) WITHOUT ROWID');
    this.#insertAuthor = db.prepare('INSERT OR IGNORE INTO spooled_authors VALUES (?, ?)');
    this.#takeAuthor = db
      .prepare<[string], string>('DELETE FROM spooled_authors WHERE author = ? RETURNING line')
      .pluck();
  }

  /** A record of the shard that passes by; behind the last of them comes {@link endShard}. */
  add(ordinal: number, { file }: ImageRecord, lineBytes: number, needsFile: boolean): void {
    if (file !== undefined) this.#contentOf.set(ordinal, this.#contents.find(file.digest) + 1);
    this.#facts.set(ordinal, lineBytes * LINE_BYTE + (needsFile ? ITS_FILE : ITS_TURN));
    this.#shardWaits = true;
    this.#chains = null;
  }

  endShard(shard: RecordShard): void {
    if (this.#shardWaits) this.#lines.keep(shard);
    this.#shardWaits = false;
  }

  addAuthor(author: AuthorRecord): void {
    this.#authors.add(author.author);
    this.#insertAuthor.run(author.author, JSON.stringify(author));
  }

  /** The next records that need no file, in order. */
  withoutFile(): SpooledRecord[] {
    this.#firstTurn = this.#next(this.#firstTurn, (waits) => waits === ITS_TURN);
    return this.#within(
      BATCH,
      this.#from(this.#firstTurn, (waits) => waits === ITS_TURN),
    ).records;
  }

  /** It turned out that they do need one. */
  needFile(ordinal: number): void {
    if (this.#waits(ordinal) !== NOTHING) this.#setWait(ordinal, ITS_FILE);
  }

  /** True when some record waits for this content. */
  wants(digest: string): boolean {
    const content = this.#contents.find(digest);
    for (const ordinal of content < 0 ? [] : this.#sharing(content))
      if (this.#waits(ordinal) === ITS_FILE) return true;
    return false;
  }

  /**
   * The records that wait for this content, and where all of them fit, those behind them that will come
   * next in the bundle. `from` is where the records of this content begin; `all` takes all of them.
   */
  window(digest: string, { from = 0, all = false } = {}): SpoolWindow {
    const content = this.#contents.find(digest);
    if (from === 0) {
      const load = { records: 0, lineBytes: 0 };
      if (this.#addTo(load, content)) {
        const contents = this.#contentsFrom(content, load);
        const ordinals = contents.flatMap((one) => [...this.#sharing(one)]);
        return { records: ordinals.sort((a, b) => a - b).map((ordinal) => this.#read(ordinal)), rest: null };
      }
    }
    return this.#within(all ? UNBOUNDED : WINDOW, this.#sharing(content, from));
  }

  /** A content and those behind it whose records, with all that share them, fill one window; `load` is that of the first. */
  #contentsFrom(content: number, load: { records: number; lineBytes: number }): number[] {
    const contents = new Set([content]);
    const [first] = this.#sharing(content);
    let looked = 0;
    let bytes = 0;
    for (const ordinal of this.#from(first ?? 0, (waits) => waits === ITS_FILE)) {
      if (bytes > WINDOW_BYTES || looked === WINDOW.records) break;
      const next = this.#contentOf.get(ordinal) - 1;
      looked += 1;
      bytes += this.#contents.sizeOf(next);
      if (contents.has(next)) continue;
      if (!this.#addTo(load, next)) break;
      contents.add(next);
    }
    return [...contents];
  }

  /** Adds the records that wait for a content; false as soon as there are more than fit into one window. */
  #addTo(load: { records: number; lineBytes: number }, content: number): boolean {
    for (const ordinal of this.#sharing(content)) {
      load.records += 1;
      load.lineBytes += this.#lineBytes(ordinal);
      if (!fits(load, WINDOW)) return false;
    }
    return true;
  }

  /** A transaction begins: what an earlier one settled and did not commit still waits. */
  begin(): void {
    this.#settled = [];
  }

  /** Takes a record out, inside the transaction that finished it. */
  settle(ordinal: number): void {
    this.#settled.push(ordinal);
  }

  /** All that were settled go. */
  flush(): void {
    for (const ordinal of this.#settled) this.#setWait(ordinal, NOTHING);
  }

  /** What is left next, in order. */
  remaining(): SpooledRecord[] {
    this.#firstLeft = this.#next(this.#firstLeft, isWaiting);
    return this.#within(BATCH, this.#from(this.#firstLeft, isWaiting)).records;
  }

  /** The records from one ordinal to before another that have something to be done; `record` is read where no digest tells which it is. */
  *between(
    from: number,
    to: number,
  ): Generator<Pick<SpooledRecord, 'ordinal' | 'digest'> & { record(): ImageRecord }> {
    for (const ordinal of this.#from(from, isWaiting)) {
      if (ordinal >= to) return;
      yield { ordinal, digest: this.#digestOf(ordinal), record: () => this.#lines.record(ordinal) };
    }
  }

  /** How many different contents are waited for. */
  get contents(): number {
    const waitedFor = new Uint8Array(this.#contents.count);
    let count = 0;
    for (const ordinal of this.#from(0, (waits) => waits === ITS_FILE)) {
      const content = this.#contentOf.get(ordinal) - 1;
      if (content < 0 || waitedFor[content] === 1) continue;
      waitedFor[content] = 1;
      count += 1;
    }
    return count;
  }

  get count(): number {
    let count = 0;
    for (let ordinal = 0; ordinal < this.#facts.length; ordinal += 1)
      if (isWaiting(this.#waits(ordinal))) count += 1;
    return count;
  }

  /** An author's details, once: inside the transaction that inserts them. */
  takeAuthor(author: string): AuthorRecord | null {
    if (!this.#authors.delete(author)) return null;
    const line = this.#takeAuthor.get(author);
    return line === undefined ? null : (JSON.parse(line) as AuthorRecord);
  }

  #waits(ordinal: number): number {
    return this.#facts.get(ordinal) % LINE_BYTE;
  }

  #setWait(ordinal: number, wait: number): void {
    this.#facts.set(ordinal, this.#lineBytes(ordinal) * LINE_BYTE + wait);
  }

  #lineBytes(ordinal: number): number {
    return Math.floor(this.#facts.get(ordinal) / LINE_BYTE);
  }

  #digestOf(ordinal: number): string | null {
    const content = this.#contentOf.get(ordinal) - 1;
    return content < 0 ? null : this.#contents.digestOf(content);
  }

  #read(ordinal: number): SpooledRecord {
    return { ordinal, digest: this.#digestOf(ordinal), record: this.#lines.record(ordinal) };
  }

  /** The first record from here on of which `is` tells by what it waits for; behind the last where there is none. */
  #next(from: number, is: (waits: number) => boolean): number {
    let ordinal = from;
    while (ordinal < this.#facts.length && !is(this.#waits(ordinal))) ordinal += 1;
    return ordinal;
  }

  *#from(from: number, is: (waits: number) => boolean): Generator<number> {
    for (let at = this.#next(from, is); at < this.#facts.length; at = this.#next(at + 1, is)) yield at;
  }

  /** The records that wait with this content, in order; `from` is one of them, or 0. */
  *#sharing(content: number, from = 0): Generator<number> {
    this.#chains ??= this.#chain();
    const { first, next } = this.#chains;
    for (let at = from > 0 ? from + 1 : first.get(content); at > 0; at = next.get(at - 1))
      if (isWaiting(this.#waits(at - 1))) yield at - 1;
  }

  #chain(): { readonly first: NumberList; readonly next: NumberList } {
    const [first, next] = [new NumberList(), new NumberList()];
    for (let ordinal = this.#contentOf.length - 1; ordinal >= 0; ordinal -= 1) {
      const content = this.#contentOf.get(ordinal) - 1;
      if (content < 0) continue;
      next.set(ordinal, first.get(content));
      first.set(content, ordinal + 1);
    }
    return { first, next };
  }

  /** The first of these, one at least and as many as may be in memory together, and the ordinal of the next. */
  #within(most: Load, ordinals: Iterable<number>): { records: SpooledRecord[]; rest: number | null } {
    const records: SpooledRecord[] = [];
    let lineBytes = 0;
    for (const ordinal of ordinals) {
      lineBytes += this.#lineBytes(ordinal);
      const sum = { records: records.length + 1, lineBytes };
      if (records.length > 0 && !fits(sum, most)) return { records, rest: ordinal };
      records.push(this.#read(ordinal));
    }
    return { records, rest: null };
  }
}

const isWaiting = (waits: number) => waits !== NOTHING;

const fits = (load: Load, most: Load) => load.records <= most.records && load.lineBytes <= most.lineBytes;
