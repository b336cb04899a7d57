import type Database from 'better-sqlite3';
import { Statements } from '../archive/statements.ts';
import type { Digest } from '../base/digest.ts';
import type { FullShard } from '../manifest/shards.ts';
import type { Manifest, OmissionReason } from '../manifest/types.ts';
import { PackProgress } from './pack-progress.ts';
import type { Omission, PlannedFile, PlannedRecord, Source, Written } from './planned.ts';

export interface PlanTotals {
  readonly records: number;
  readonly metadataOnly: number;
  readonly files: number;
  readonly bytes: number;
  /** Bytes that the files take in a bundle at most: the sum of their `payloadBound`s. */
  readonly bound: number;
}

export const NOTHING_PLANNED: PlanTotals = { records: 0, metadataOnly: 0, files: 0, bytes: 0, bound: 0 };

/** A file that is in the bundle; `offset` in the tar. */
export interface PackedFile extends Omit<PlannedFile, 'ordinal' | 'sources'> {
  readonly offset: number;
}

/** Records with their files. */
export interface CarriedRecords {
  readonly count: number;
  /** As a JSON object: the digest of the file by the id of the image. */
  readonly digests: string;
}

/** So many are booked in a few milliseconds. */
const CARRIED_PAGE = 2000;

export interface ShardFact {
  readonly number: number;
  readonly digest: Digest;
  readonly size: number;
  readonly count: number;
}

/** Tells which rows that are left out have their content in the bundle all the same; most plans have none to ask for. */
const FILES_BY_DIGEST = 'CREATE INDEX IF NOT EXISTS files_digest ON files (digest)';

/** One volume of a plan: what is to be in it, and how far it has been written. */
export class PlanVolume {
  readonly number: number;
  /** How far it has been carried out. */
  readonly progress: PackProgress;
  /** What was told so far counts. */
  readonly save: () => void;
  readonly #db: Database.Database;
  readonly #statements: Statements;
  /** Some file may be read in more than one place; known when the first is asked for, behind all planning. */
  #hasOtherSources: boolean | null = null;

  constructor(db: Database.Database, number: number, save: () => void) {
    this.#db = db;
    this.#statements = new Statements(db);
    this.number = number;
    this.save = save;
    this.progress = new PackProgress(db, number);
  }

  get manifest(): Manifest {
    return JSON.parse(this.#fact<string>('manifest')!) as Manifest;
  }

  /** The disk is known to have so many bytes of it. */
  get synced(): number {
    return this.#fact<number>('synced') ?? 0;
  }

  set synced(bytes: number) {
    this.#statements.get('UPDATE volumes SET synced = ? WHERE number = ?').run(bytes, this.number);
  }

  /** What came of it, once it was written to its last byte. */
  get written(): Written | null {
    const text = this.#fact<string>('written');
    return text === null ? null : (JSON.parse(text) as Written);
  }

  set written(written: Written | null) {
    const text = written === null ? null : JSON.stringify(written);
    this.#statements.get('UPDATE volumes SET written = ? WHERE number = ?').run(text, this.number);
  }

  *shards(kind: 'records' | 'authors'): Generator<FullShard & { readonly number: number }> {
    const select = this.#db.prepare<[number, string, number], FullShard & { number: number }>(
      'SELECT number, content, digest, count FROM shards WHERE volume = ? AND kind = ? AND number = ?',
    );
    for (let number = 1; ; number += 1) {
      const shard = select.get(this.number, kind, number);
      if (shard === undefined) return;
      yield shard;
    }
  }

  shardFacts(kind: 'records' | 'authors'): ShardFact[] {
    return this.#statements
      .get(
        'SELECT number, digest, length(content) AS size, count FROM shards WHERE volume = ? AND kind = ? ORDER BY number',
      )
      .all(this.number, kind) as ShardFact[];
  }

  /** The next files to pack, in order. */
  filesAfter(ordinal: number, limit: number): PlannedFile[] {
    const rows = this.#statements
      .get(
        'SELECT ordinal, digest, size, name, path, mtime FROM files WHERE volume = ? AND ordinal > ? ORDER BY ordinal LIMIT ?',
      )
      .all(this.number, ordinal, limit) as (Omit<PlannedFile, 'sources'> & Source)[];
    return rows.map(({ ordinal, digest, size, name, path, mtime }) => ({
      ordinal,
      digest,
      size,
      name,
      sources: [{ path, mtime }, ...this.#otherSources(ordinal)],
    }));
  }

  #otherSources(file: number): Source[] {
    this.#hasOtherSources ??= this.#statements.get('SELECT 1 FROM sources LIMIT 1').get() !== undefined;
    if (!this.#hasOtherSources) return [];
    return this.#statements
      .get('SELECT path, mtime FROM sources WHERE file = ? ORDER BY number')
      .all(file) as Source[];
  }

  setPacked(ordinal: number, offset: number): void {
    this.#statements.get('UPDATE files SET offset = ? WHERE ordinal = ?').run(offset, ordinal);
  }

  setOmitted(ordinal: number, reason: OmissionReason, detail: string | null): void {
    this.#statements
      .get('UPDATE files SET reason = ?, detail = ? WHERE ordinal = ?')
      .run(reason, detail, ordinal);
  }

  /** Of what is planned, when all of it is. */
  totals(): PlanTotals {
    const text = this.#fact<string>('totals');
    return text === null ? NOTHING_PLANNED : (JSON.parse(text) as PlanTotals);
  }

  /** Bytes of the files up to one of them. */
  bytesUpTo(ordinal: number): number {
    return Number(
      this.#statements
        .get('SELECT coalesce(sum(size), 0) FROM files WHERE volume = ? AND ordinal <= ?')
        .pluck()
        .get(this.number, ordinal),
    );
  }

  /** Of what is in the bundle, when all of it was packed or left out. */
  packedTotals(): { files: number; bytes: number } {
    const { files, bytes } = this.totals();
    const failed = this.#statements
      .get(
        'SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM files WHERE volume = ? AND reason IS NOT NULL',
      )
      .get(this.number) as { files: number; bytes: number };
    return { files: files - failed.files, bytes: bytes - failed.bytes };
  }

  /** Files as packed, in order, some hundreds at a time. */
  packed(): Generator<PackedFile[]> {
    return this.#pages(
      `SELECT ordinal AS page, digest, size, name, offset FROM files
       WHERE volume = ? AND ordinal > ? AND offset IS NOT NULL ORDER BY ordinal LIMIT 1000`,
    );
  }

  /**
   * Everything that was left out: rows without a record first, then files that failed while packing.
   * A row whose content belongs to other records, too, does not name it: their file is in the bundle.
   */
  *omissions(): Generator<Omission> {
    yield* this.plannedOmissions();
    if (!this.#hasFailures) return;
    yield* this.#rows<Omission>(
      `SELECT records.ordinal AS page, image_id AS imageId, local_path AS localPath, digest, url, reason, detail
       FROM records JOIN files ON files.ordinal = records.file
       WHERE records.volume = ? AND records.ordinal > ? AND reason IS NOT NULL ORDER BY records.ordinal LIMIT 1000`,
    );
  }

  /** Some files failed while packing. */
  get #hasFailures(): boolean {
    return (
      this.#statements
        .get('SELECT 1 FROM files WHERE volume = ? AND reason IS NOT NULL LIMIT 1')
        .get(this.number) !== undefined
    );
  }

  /** Rows without a record. */
  *plannedOmissions(): Generator<Omission> {
    if (this.#statements.get('SELECT 1 FROM omitted WHERE volume = ? LIMIT 1').get(this.number) === undefined)
      return;
    this.#db.exec(FILES_BY_DIGEST);
    yield* this.#rows<Omission>(
      `SELECT number AS page, image_id AS imageId, local_path AS localPath, url, reason, detail,
              iif(EXISTS (SELECT 1 FROM files WHERE files.digest = omitted.digest), NULL, digest) AS digest
       FROM omitted WHERE volume = ? AND number > ? ORDER BY number LIMIT 1000`,
    );
  }

  /** Records whose file did not fail, some thousands at a time. */
  *carriedRecords(): Generator<CarriedRecords> {
    const select = this.#db.prepare<[number, number], CarriedRecords & { readonly page: number }>(
      `SELECT max(ordinal) AS page, count(*) AS count, json_group_object(image_id, digest) AS digests
       FROM (SELECT records.ordinal, image_id, digest FROM records JOIN files ON files.ordinal = records.file
             WHERE records.volume = ? AND records.ordinal > ? AND reason IS NULL
             ORDER BY records.ordinal LIMIT ${CARRIED_PAGE})`,
    );
    for (let last = 0; ; ) {
      const records = select.get(this.number, last)!;
      if (records.count === 0) return;
      yield records;
      last = records.page;
    }
  }

  /** Records that carry no file. */
  metadataRecords(): Generator<PlannedRecord> {
    return this.#rows(
      `SELECT ordinal AS page, image_id AS imageId, url FROM records
       WHERE volume = ? AND ordinal > ? AND file IS NULL ORDER BY ordinal LIMIT 1000`,
    );
  }

  *#rows<T>(sql: string): Generator<T> {
    for (const rows of this.#pages<T>(sql)) yield* rows;
  }

  *#pages<T>(sql: string): Generator<T[]> {
    const select = this.#db.prepare<[number, number], T & { page: number }>(sql);
    for (let last = 0; ; ) {
      const rows = select.all(this.number, last);
      if (rows.length === 0) return;
      yield rows;
      last = rows.at(-1)!.page;
    }
  }

  #fact<T>(column: 'manifest' | 'synced' | 'written' | 'totals'): T | null {
    return (
      (this.#statements.get(`SELECT ${column} FROM volumes WHERE number = ?`).pluck().get(this.number) as
        | T
        | undefined) ?? null
    );
  }
}
