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
  readonly line: string;
}

/** Records that are decided together may hold this many bytes of files. */
const WINDOW_BYTES = 64 * 1024 * 1024;
const WINDOW_RECORDS = 1000;

/**
 * The records of a bundle that have something to be done, in the scratch database: they come before
 * the payload, and a million of them must not fill the memory.
 */
export class RecordSpool {
  readonly #insert: Database.Statement;
  readonly #insertAuthor: Database.Statement;
  readonly #following: Database.Statement<[number], SpoolRow & { size: number }>;
  readonly #named: Database.Statement<[string], SpoolRow>;
  readonly #isWanted: Database.Statement<[string], number>;
  readonly #needFile: Database.Statement;
  readonly #settle: Database.Statement;
  readonly #takeAuthor: Database.Statement<[string], string>;
  readonly #one: Database.Statement<[number], { digest: string | null; line: string }>;
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
    db.exec(`CREATE TABLE spool (ordinal INTEGER PRIMARY KEY, digest TEXT, size INTEGER, needs INTEGER, line TEXT);
             CREATE INDEX spool_digest ON spool (digest);
             CREATE TABLE spooled_authors (author TEXT PRIMARY KEY, line TEXT) WITHOUT ROWID`);
    this.#insert = db.prepare('INSERT INTO spool VALUES (?, ?, ?, ?, ?)');
    this.#insertAuthor = db.prepare('INSERT OR IGNORE INTO spooled_authors VALUES (?, ?)');
    this.#following = db.prepare(
      `SELECT ordinal, digest, size, line FROM spool WHERE ordinal >= ? AND needs = 1 ORDER BY ordinal LIMIT ${WINDOW_RECORDS}`,
    );
    this.#named = db.prepare('SELECT ordinal, digest, line FROM spool WHERE digest = ? ORDER BY ordinal');
    this.#isWanted = db
      .prepare<[string], number>('SELECT 1 FROM spool WHERE digest = ? AND needs = 1 LIMIT 1')
      .pluck();
    this.#one = db.prepare('SELECT digest, line FROM spool WHERE ordinal = ?');
    this.#needFile = db.prepare('UPDATE spool SET needs = 1 WHERE ordinal = ?');
    this.#settle = db.prepare('DELETE FROM spool WHERE ordinal = ?');
    this.#takeAuthor = db
      .prepare<[string], string>('DELETE FROM spooled_authors WHERE author = ? RETURNING line')
      .pluck();
  }

  add(ordinal: number, record: ImageRecord, needsFile: boolean): void {
    const { file } = record;
    this.#insert.run(
      ordinal,
      file?.digest ?? null,
      file?.size ?? 0,
      needsFile ? 1 : 0,
      JSON.stringify(record),
    );
  }

  addAuthor(author: AuthorRecord): void {
    this.#insertAuthor.run(author.author, JSON.stringify(author));
  }

  /** Records that need no file, in order. */
  withoutFile(limit: number): SpooledRecord[] {
    return this.#db
      .prepare<[number], SpoolRow>(
        'SELECT ordinal, digest, line FROM spool WHERE needs = 0 ORDER BY ordinal LIMIT ?',
      )
      .all(limit)
      .map(parseRow);
  }

  /** It turned out that they do need one. */
  needFile(ordinal: number): void {
    this.#needFile.run(ordinal);
  }

  /** True when some record waits for this content. */
  wants(digest: string): boolean {
    return this.#isWanted.get(digest) !== undefined;
  }

  /** The records that wait for this content, and those behind them that will come next in the bundle. */
  window(digest: string): SpooledRecord[] {
    const own = this.#named.all(digest);
    const first = own[0]?.ordinal ?? 0;
    const window = new Map<number, SpoolRow>();
    const take = (row: SpoolRow) => {
      for (const named of row.digest === null ? [row] : this.#named.all(row.digest))
        window.set(named.ordinal, named);
    };
    for (const row of own) take(row);
    let bytes = 0;
    for (const row of this.#following.all(first)) {
      if (window.size >= WINDOW_RECORDS || bytes > WINDOW_BYTES) break;
      bytes += row.size;
      take(row);
    }
    return [...window.values()].sort((a, b) => a.ordinal - b.ordinal).map(parseRow);
  }

  /** Takes a record out, inside the transaction that finished it. */
  settle(ordinal: number): void {
    this.#settle.run(ordinal);
  }

  /** What is left, in order. */
  remaining(limit: number): SpooledRecord[] {
    return this.#db
      .prepare<[number], SpoolRow>('SELECT ordinal, digest, line FROM spool ORDER BY ordinal LIMIT ?')
      .all(limit)
      .map(parseRow);
  }

  /** The content of a record and its line, or null when nothing is to be done about it. */
  find(ordinal: number): { readonly digest: string | null; record(): ImageRecord } | null {
    const row = this.#one.get(ordinal);
    return row === undefined
      ? null
      : { digest: row.digest, record: () => JSON.parse(row.line) as ImageRecord };
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
    const line = this.#takeAuthor.get(author);
    return line === undefined ? null : (JSON.parse(line) as AuthorRecord);
  }
}

function parseRow({ ordinal, digest, line }: SpoolRow): SpooledRecord {
  return { ordinal, digest, record: JSON.parse(line) as ImageRecord };
}
