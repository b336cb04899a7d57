import type Database from 'better-sqlite3';
import type { AuthorRecord, ImageRecord } from '../manifest/types.ts';

/** A record that waits for its turn. */
export interface SpooledRecord {
  readonly ordinal: number;
  readonly digest: string | null;
  readonly record: ImageRecord;
}

interface SpoolRow {
  readonly ordinal: number;
  readonly digest: string | null;
  readonly line: Buffer;
}

/** Records, and the bytes of their lines. */
interface Load {
  readonly records: number;
  readonly lineBytes: number;
}

/** Records that are decided together may hold this many bytes of files. */
const WINDOW_BYTES = 64 * 1024 * 1024;
const WINDOW: Load = { records: 1000, lineBytes: 8 * 1024 * 1024 };

/** Records of one short transaction where no file is written. */
const BATCH: Load = { records: 256, lineBytes: 8 * 1024 * 1024 };

/** A content whose records are not bounded: it is too long to be kept for those that do not fit. */
const UNBOUNDED: Load = { records: Number.POSITIVE_INFINITY, lineBytes: Number.POSITIVE_INFINITY };

/** Records that are decided together. */
export interface SpoolWindow {
  readonly records: readonly SpooledRecord[];
  /** The ordinal from which on more records wait for the content that was asked for; null when these are all. */
  readonly rest: number | null;
}

/**
 * The records of a bundle that have something to be done, in the scratch database: they come before
 * the payload, and a million of them must not fill the memory.
 */
export class RecordSpool {
  readonly #insert: Database.Statement;
  readonly #insertAuthor: Database.Statement;
  readonly #following: Database.Statement<[string], { digest: string; size: number }>;
  readonly #sharers: Database.Statement<[string], Load>;
  readonly #sharing: Database.Statement<[string, number], SpoolRow>;
  readonly #named: Database.Statement<[string], SpoolRow>;
  readonly #isWanted: Database.Statement<[string], number>;
  readonly #needFile: Database.Statement;
  readonly #settle: Database.Statement;
  readonly #takeAuthor: Database.Statement<[string], string>;
  readonly #pathSources: Database.Statement<[number, number], SpoolRow>;
  /** Authors whose details wait: there are far fewer than images. */
  readonly #authors = new Set<string>();
  #settled: number[] = [];
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
    db.exec(`CREATE TABLE spool (ordinal INTEGER PRIMARY KEY, digest TEXT, size INTEGER, needs INTEGER, line BLOB);
             CREATE INDEX spool_digest ON spool (digest);
             CREATE TABLE spooled_authors (author TEXT PRIMARY KEY, line TEXT) WITHOUT ROWID`);
    this.#insert = db.prepare('INSERT INTO spool VALUES (?, ?, ?, ?, ?)');
    this.#insertAuthor = db.prepare('INSERT OR IGNORE INTO spooled_authors VALUES (?, ?)');
    this.#following = db.prepare(
      `SELECT digest, size FROM spool WHERE needs = 1 AND ordinal >= (SELECT min(ordinal) FROM spool WHERE digest = ?)
       ORDER BY ordinal LIMIT ${WINDOW.records}`,
    );
    this.#sharers = db.prepare(
      'SELECT count(*) AS records, coalesce(sum(length(line)), 0) AS lineBytes FROM spool WHERE digest = ?',
    );
    this.#sharing = db.prepare(
      'SELECT ordinal, digest, line FROM spool WHERE digest = ? AND ordinal >= ? ORDER BY ordinal',
    );
    this.#named = db.prepare(
      'SELECT ordinal, digest, line FROM spool WHERE digest IN (SELECT value FROM json_each(?)) ORDER BY ordinal',
    );
    this.#isWanted = db
      .prepare<[string], number>('SELECT 1 FROM spool WHERE digest = ? AND needs = 1 LIMIT 1')
      .pluck();
    this.#pathSources = db.prepare(
      'SELECT ordinal, digest, iif(digest IS NULL, line, NULL) AS line FROM spool WHERE ordinal >= ? AND ordinal < ?',
    );
    this.#needFile = db.prepare('UPDATE spool SET needs = 1 WHERE ordinal = ?');
    this.#settle = db.prepare('DELETE FROM spool WHERE ordinal IN (SELECT value FROM json_each(?))');
    this.#takeAuthor = db
      .prepare<[string], string>('DELETE FROM spooled_authors WHERE author = ? RETURNING line')
      .pluck();
  }

  /** `line` is the record as the bundle has it. */
  add(ordinal: number, { file }: ImageRecord, line: Buffer, needsFile: boolean): void {
    this.#insert.run(ordinal, file?.digest ?? null, file?.size ?? 0, needsFile ? 1 : 0, line);
  }

  addAuthor(author: AuthorRecord): void {
    this.#authors.add(author.author);
    this.#insertAuthor.run(author.author, JSON.stringify(author));
  }

  /** The next records that need no file, in order. */
  withoutFile(): SpooledRecord[] {
    const rows = this.#db.prepare<[], SpoolRow>(
      'SELECT ordinal, digest, line FROM spool WHERE needs = 0 ORDER BY ordinal',
    );
    return within(BATCH, rows.iterate()).records;
  }

  /** It turned out that they do need one. */
  needFile(ordinal: number): void {
    this.#needFile.run(ordinal);
  }

  /** True when some record waits for this content. */
  wants(digest: string): boolean {
    return this.#isWanted.get(digest) !== undefined;
  }

  /**
   * The records that wait for this content, and where all of them fit, those behind them that will come
   * next in the bundle. `from` is where the records of this content begin; `all` takes all of them.
   */
  window(digest: string, { from = 0, all = false } = {}): SpoolWindow {
    const sharers = this.#sharers.get(digest)!;
    if (from === 0 && fits(sharers, WINDOW)) {
      const contents = JSON.stringify(this.#contentsFrom(digest, sharers));
      return { records: this.#named.all(contents).map(parseRow), rest: null };
    }
    return within(all ? UNBOUNDED : WINDOW, this.#sharing.iterate(digest, from));
  }

  /** A content and those behind it whose records, with all that share them, fill one window. */
  #contentsFrom(digest: string, { records, lineBytes }: Load): string[] {
    const contents = new Set([digest]);
    const sum = { records, lineBytes };
    let bytes = 0;
    for (const next of this.#following.all(digest)) {
      if (bytes > WINDOW_BYTES) break;
      bytes += next.size;
      if (contents.has(next.digest)) continue;
      const more = this.#sharers.get(next.digest)!;
      sum.records += more.records;
      sum.lineBytes += more.lineBytes;
      if (!fits(sum, WINDOW)) break;
      contents.add(next.digest);
    }
    return [...contents];
  }

  /** A transaction begins: what an earlier one settled and did not commit still waits. */
  begin(): void {
    this.#settled = [];
  }

  /** Takes a record out, inside the transaction that finished it. */
  settle(ordinal: number): void {
    this.#settled.push(ordinal);
  }

  /** All that were settled go in one go. */
  flush(): void {
    if (this.#settled.length > 0) this.#settle.run(JSON.stringify(this.#settled));
  }

  /** What is left next, in order. */
  remaining(): SpooledRecord[] {
    const rows = this.#db.prepare<[], SpoolRow>('SELECT ordinal, digest, line FROM spool ORDER BY ordinal');
    return within(BATCH, rows.iterate()).records;
  }

  /** The records from one ordinal to before another that have something to be done; `record` is read where no digest tells which it is. */
  *between(
    from: number,
    to: number,
  ): Generator<Pick<SpooledRecord, 'ordinal' | 'digest'> & { record(): ImageRecord }> {
    for (const { ordinal, digest, line } of this.#pathSources.all(from, to))
      yield { ordinal, digest, record: () => parseLine(line) };
  }

  /** How many different contents are waited for. */
  get contents(): number {
    return Number(this.#db.prepare('SELECT count(DISTINCT digest) FROM spool WHERE needs = 1').pluck().get());
  }

  get count(): number {
    return Number(this.#db.prepare('SELECT count(*) FROM spool').pluck().get());
  }

  /** An author's details, once: inside the transaction that inserts them. */
  takeAuthor(author: string): AuthorRecord | null {
    if (!this.#authors.delete(author)) return null;
    const line = this.#takeAuthor.get(author);
    return line === undefined ? null : (JSON.parse(line) as AuthorRecord);
  }
}

const fits = (load: Load, most: Load) => load.records <= most.records && load.lineBytes <= most.lineBytes;

/** The first of these rows, one at least and as many as may be in memory together, and the ordinal of the next. */
function within(most: Load, rows: Iterable<SpoolRow>): { records: SpooledRecord[]; rest: number | null } {
  const records: SpooledRecord[] = [];
  let lineBytes = 0;
  for (const row of rows) {
    lineBytes += row.line.length;
    const sum = { records: records.length + 1, lineBytes };
    if (records.length > 0 && !fits(sum, most)) return { records, rest: row.ordinal };
    records.push(parseRow(row));
  }
  return { records, rest: null };
}

function parseRow({ ordinal, digest, line }: SpoolRow): SpooledRecord {
  return { ordinal, digest, record: parseLine(line) };
}

/** The line was held to all rules before it came here. */
function parseLine(line: Buffer): ImageRecord {
  return JSON.parse(line.toString()) as ImageRecord;
}
