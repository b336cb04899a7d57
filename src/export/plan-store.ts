import type Database from 'better-sqlite3';
import type { Digest } from '../base/digest.ts';
import type { FullShard } from '../manifest/shards.ts';
import type { OmissionReason } from '../manifest/types.ts';
import { PackProgress, PROGRESS_TABLES } from './pack-progress.ts';
import { createPlanFile, makePlanDurable, reopenPlanFile } from './plan-file.ts';

const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE shards (kind TEXT, number INTEGER, content BLOB, digest TEXT, count INTEGER, PRIMARY KEY (kind, number));
CREATE TABLE files (ordinal INTEGER PRIMARY KEY, digest TEXT UNIQUE, size INTEGER, name TEXT, offset INTEGER, reason TEXT, detail TEXT);
CREATE TABLE sources (digest TEXT, number INTEGER, path TEXT, mtime INTEGER, PRIMARY KEY (digest, number)) WITHOUT ROWID;
CREATE TABLE records (ordinal INTEGER PRIMARY KEY, image_id INTEGER, digest TEXT, url TEXT, local_path TEXT);
CREATE INDEX records_digest ON records (digest);
CREATE TABLE omitted (number INTEGER PRIMARY KEY, image_id INTEGER, local_path TEXT, digest TEXT, url TEXT, reason TEXT, detail TEXT);
${PROGRESS_TABLES}`;

/** What a plan remembers beside its rows, as text. */
export type PlanFact = 'stamp' | 'manifest' | 'head' | 'sealed' | 'synced' | 'written';

/** One payload file of the plan. */
export interface PlannedFile {
  readonly ordinal: number;
  readonly digest: Digest;
  readonly size: number;
  /** Base name that the entry's extension is taken from. */
  readonly name: string;
}

export interface PlannedRecord {
  readonly imageId: number;
  readonly digest: Digest | null;
  readonly url: string | null;
  readonly localPath: string;
}

export interface Omission {
  readonly imageId: number | null;
  readonly localPath: string;
  readonly digest: Digest | null;
  readonly url: string | null;
  readonly reason: OmissionReason;
  readonly detail: string | null;
}

/**
 * What is to be packed: records, files and where they lie, decided once and kept in a file beside
 * the output, so that nothing of it needs to fit in memory. Private: it names places on the
 * sender's disk.
 */
export class PlanStore {
  readonly #db: Database.Database;
  readonly #path: string;
  /** How far it has been carried out. */
  readonly progress: PackProgress;

  private constructor(db: Database.Database, path: string) {
    this.#db = db;
    this.#path = path;
    this.progress = new PackProgress(db);
    db.exec('BEGIN');
  }

  /** `path` of a new file, or '' for a temporary one that the system removes. */
  static create(path: string): PlanStore {
    const db = createPlanFile(path);
    db.exec(TABLES);
    return new PlanStore(db, path);
  }

  /** A plan that was sealed for the same stamp; null where there is none. */
  static reopen(path: string, stamp: string): PlanStore | null {
    const db = reopenPlanFile(path, (found) => factOf(found, 'sealed') !== null && factOf(found, 'stamp') === stamp);
    return db === null ? null : new PlanStore(db, path);
  }

  /** The plan is complete: from now on it survives whatever happens, and so does every `save`. */
  seal(): void {
    this.#db.exec('COMMIT');
    if (this.#path !== '') makePlanDurable(this.#db, this.#path);
    this.#db.exec('BEGIN');
    this.remember('sealed', 'yes');
    this.save();
  }

  /** What was told so far counts. */
  save(): void {
    this.#db.exec('COMMIT');
    this.#db.exec('BEGIN');
  }

  fact(key: PlanFact): string | null {
    return factOf(this.#db, key);
  }

  remember(key: PlanFact, value: string): void {
    this.#db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value);
  }

  /** What was not saved is forgotten. May be called twice. */
  close(): void {
    this.#db.close();
  }

  addShard(kind: 'records' | 'authors', number: number, shard: FullShard): void {
    this.#db.prepare('INSERT INTO shards VALUES (?, ?, ?, ?, ?)').run(kind, number, shard.content, shard.digest, shard.count);
  }

  *shards(kind: 'records' | 'authors'): Generator<FullShard & { readonly number: number }> {
    const select = this.#db.prepare<[string, number], FullShard & { number: number }>(
      'SELECT number, content, digest, count FROM shards WHERE kind = ? AND number = ?',
    );
    for (let number = 1; ; number += 1) {
      const shard = select.get(kind, number);
      if (shard === undefined) return;
      yield shard;
    }
  }

  shardFacts(kind: 'records' | 'authors'): { number: number; digest: Digest; size: number; count: number }[] {
    return this.#db
      .prepare<[string], { number: number; digest: string; size: number; count: number }>(
        'SELECT number, digest, length(content) AS size, count FROM shards WHERE kind = ? ORDER BY number',
      )
      .all(kind);
  }

  addRecord(record: PlannedRecord): void {
    this.#statement('INSERT INTO records (image_id, digest, url, local_path) VALUES (?, ?, ?, ?)').run(
      record.imageId, record.digest, record.url, record.localPath,
    );
  }

  /** Adds a content the first time it is named, and one more place where it may be read. */
  addFile(file: Omit<PlannedFile, 'ordinal'>, path: string, mtime: number): void {
    this.#statement('INSERT OR IGNORE INTO files (digest, size, name) VALUES (?, ?, ?)').run(file.digest, file.size, file.name);
    this.#statement(
      `INSERT INTO sources SELECT @digest, count(*), @path, @mtime FROM sources WHERE digest = @digest
       HAVING count(*) < 8 AND coalesce(sum(path = @path), 0) = 0`,
    ).run({ digest: file.digest, path, mtime });
  }

  /** The next files to pack, in order. */
  filesAfter(ordinal: number, limit: number): PlannedFile[] {
    return this.#db
      .prepare<[number, number], PlannedFile>('SELECT ordinal, digest, size, name FROM files WHERE ordinal > ? ORDER BY ordinal LIMIT ?')
      .all(ordinal, limit);
  }

  /** Where a content may be read, the likeliest place first. */
  sources(digest: Digest): { path: string; mtime: number }[] {
    return this.#statement('SELECT path, mtime FROM sources WHERE digest = ? ORDER BY number').all(digest) as { path: string; mtime: number }[];
  }

  setPacked(ordinal: number, offset: number): void {
    this.#statement('UPDATE files SET offset = ? WHERE ordinal = ?').run(offset, ordinal);
  }

  setOmitted(ordinal: number, reason: OmissionReason, detail: string | null): void {
    this.#statement('UPDATE files SET reason = ?, detail = ? WHERE ordinal = ?').run(reason, detail, ordinal);
  }

  /** A row that has no record because its file could not even be planned. */
  addOmission(omission: Omission): void {
    this.#statement('INSERT INTO omitted (image_id, local_path, digest, url, reason, detail) VALUES (?, ?, ?, ?, ?, ?)').run(
      omission.imageId, omission.localPath, omission.digest, omission.url, omission.reason, omission.detail,
    );
  }

  totals(): { records: number; metadataOnly: number; files: number; bytes: number } {
    return this.#db
      .prepare<[], { records: number; metadataOnly: number; files: number; bytes: number }>(
        `SELECT (SELECT count(*) FROM records) AS records, (SELECT count(*) FROM records WHERE digest IS NULL) AS metadataOnly,
                count(*) AS files, coalesce(sum(size), 0) AS bytes FROM files`,
      )
      .get()!;
  }

  /** Bytes of the files up to one of them. */
  bytesUpTo(ordinal: number): number {
    return Number(this.#statement('SELECT coalesce(sum(size), 0) FROM files WHERE ordinal <= ?').pluck().get(ordinal));
  }

  packedTotals(): { files: number; bytes: number } {
    return this.#db
      .prepare<[], { files: number; bytes: number }>('SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM files WHERE offset IS NOT NULL')
      .get()!;
  }

  /** Files as packed, in order. */
  *packed(): Generator<PlannedFile & { readonly offset: number }> {
    const select = this.#db.prepare<[number], PlannedFile & { offset: number }>(
      'SELECT ordinal, digest, size, name, offset FROM files WHERE ordinal > ? AND offset IS NOT NULL ORDER BY ordinal LIMIT 1000',
    );
    for (let last = 0; ; ) {
      const files = select.all(last);
      yield* files;
      if (files.length === 0) return;
      last = files.at(-1)!.ordinal;
    }
  }

  /**
   * Everything that was left out: rows without a record first, then files that failed while packing.
   * A row whose content belongs to other records, too, does not name it: their file is in the bundle.
   */
  *omissions(): Generator<Omission> {
    yield* this.#pages<Omission>(
      `SELECT number AS page, image_id AS imageId, local_path AS localPath, url, reason, detail,
              iif(EXISTS (SELECT 1 FROM files WHERE files.digest = omitted.digest), NULL, digest) AS digest
       FROM omitted WHERE number > ? ORDER BY number LIMIT 1000`,
    );
    yield* this.#pages<Omission>(
      `SELECT files.ordinal AS page, records.image_id AS imageId, records.local_path AS localPath, files.digest, records.url, reason, detail
       FROM files JOIN records ON records.ordinal = (SELECT min(ordinal) FROM records named WHERE named.digest = files.digest)
       WHERE files.ordinal > ? AND reason IS NOT NULL ORDER BY files.ordinal LIMIT 1000`,
    );
  }

  /** Every record with what became of its file. */
  *outcomes(): Generator<PlannedRecord & { readonly reason: OmissionReason | null }> {
    yield* this.#pages<PlannedRecord & { reason: OmissionReason | null }>(
      `SELECT records.ordinal AS page, image_id AS imageId, records.digest, url, local_path AS localPath, reason
       FROM records LEFT JOIN files ON files.digest = records.digest WHERE records.ordinal > ? ORDER BY records.ordinal LIMIT 1000`,
    );
  }

  *#pages<T>(sql: string): Generator<T> {
    const select = this.#db.prepare<[number], T & { page: number }>(sql);
    for (let last = 0; ; ) {
      const rows = select.all(last);
      yield* rows;
      if (rows.length === 0) return;
      last = rows.at(-1)!.page;
    }
  }

  readonly #statements = new Map<string, Database.Statement<unknown[], unknown>>();

  #statement(sql: string): Database.Statement<unknown[], unknown> {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare<unknown[], unknown>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function factOf(db: Database.Database, key: PlanFact): string | null {
  return db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck().get(key) ?? null;
}
