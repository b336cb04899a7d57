import type Database from 'better-sqlite3';
import { keyNumber } from '../archive/identity.ts';
import type { KeyIndex } from '../archive/key-index.ts';
import { Statements } from '../archive/statements.ts';
import { payloadBound } from '../bundle/size-bound.ts';
import type { FullShard } from '../manifest/shards.ts';
import type { Manifest } from '../manifest/types.ts';
import { PROGRESS_TABLES } from './pack-progress.ts';
import { createPlanFile, makePlanDurable, reopenPlanFile } from './plan-file.ts';
import { NOTHING_PLANNED, type PlanTotals, PlanVolume } from './plan-volume.ts';
import type { Omission, PlannedFile, PlannedRecord, Source } from './planned.ts';

const PLANNED_TABLES = ['volumes', 'shards', 'files', 'sources', 'records', 'omitted'];

const TABLES = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE volumes (number INTEGER PRIMARY KEY, manifest TEXT, synced INTEGER NOT NULL DEFAULT 0, written TEXT, totals TEXT);
CREATE TABLE shards (volume INTEGER, kind TEXT, number INTEGER, digest TEXT, count INTEGER, content BLOB, PRIMARY KEY (volume, kind, number));
CREATE TABLE files (ordinal INTEGER PRIMARY KEY, volume INTEGER, digest TEXT, size INTEGER, name TEXT, path TEXT, mtime INTEGER, offset INTEGER, reason TEXT, detail TEXT);
CREATE INDEX files_failed ON files (volume) WHERE reason IS NOT NULL;
CREATE TABLE sources (file INTEGER, number INTEGER, path TEXT, mtime INTEGER, PRIMARY KEY (file, number)) WITHOUT ROWID;
CREATE TABLE records (ordinal INTEGER PRIMARY KEY, volume INTEGER, image_id INTEGER, file INTEGER, url TEXT, local_path TEXT);
CREATE TABLE omitted (number INTEGER PRIMARY KEY, volume INTEGER, image_id INTEGER, local_path TEXT, digest TEXT, url TEXT, reason TEXT, detail TEXT);
${PROGRESS_TABLES}`;

/** Only a series needs them: of a single volume all rows are wanted, in their own order. */
const VOLUME_INDEXES = ['files', 'records', 'omitted'].map(
  (table) => `CREATE INDEX IF NOT EXISTS ${table}_volume ON ${table} (volume);`,
);

/** Places beside the first where a content may be read. */
const MOST_SOURCES = 7;

/** A content, and a place where it may be read. */
export interface NewFile extends Omit<PlannedFile, 'ordinal' | 'sources'>, Source {}

/** A record, and where its row says that the photo lies. */
export interface NewRecord extends PlannedRecord {
  readonly localPath: string;
}

/** What a plan remembers beside its rows, as text. */
export type PlanFact = 'stamp' | 'head' | 'sealed';

/**
 * What is to be packed, volume by volume: records, files and where they lie, decided once and kept
 * in a file beside the output, so that nothing of it needs to fit in memory. Private: it names
 * places on the sender's disk.
 */
export class PlanStore {
  readonly #db: Database.Database;
  readonly #path: string;
  readonly #volumes = new Map<number, PlanVolume>();
  readonly #statements: Statements;
  readonly #insertRecord: Database.Statement;
  readonly #insertFile: Database.Statement;
  readonly #digestOf: Database.Statement<[number], string>;
  /** Makes an empty {@link #ordinals}. */
  readonly #newIndex: () => KeyIndex;
  /** What was planned for the volume that is being made. */
  #totals: { -readonly [amount in keyof PlanTotals]: number } = { ...NOTHING_PLANNED };
  /** Ordinals of files by the numbers of their digests; only who makes a plan needs it. */
  #ordinals: KeyIndex | null = null;

  private constructor(db: Database.Database, path: string, newIndex: () => KeyIndex) {
    this.#db = db;
    this.#newIndex = newIndex;
    this.#statements = new Statements(db);
    this.#path = path;
    this.#insertRecord = db.prepare(
      'INSERT INTO records (volume, image_id, file, url, local_path) VALUES (?, ?, ?, ?, ?)',
    );
    this.#insertFile = db.prepare(
      'INSERT INTO files (volume, digest, size, name, path, mtime) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#digestOf = db.prepare<[number], string>('SELECT digest FROM files WHERE ordinal = ?').pluck();
    db.exec('BEGIN');
  }

  /** `path` of a new file, or '' for a temporary one that the system removes; `newIndex` makes room for finding what is planned. */
  static create(path: string, newIndex: () => KeyIndex): PlanStore {
    const db = createPlanFile(path);
    db.exec(TABLES);
    return new PlanStore(db, path, newIndex);
  }

  /** False where a plan was left before it was complete, and where there is none. */
  static isSealed(path: string): boolean {
    const db = reopenPlanFile(path, (found) => factOf(found, 'sealed') !== null);
    db?.close();
    return db !== null;
  }

  /** A plan that was sealed for the same stamp; null where there is none. */
  static reopen(path: string, stamp: string): PlanStore | null {
    const db = reopenPlanFile(
      path,
      (found) => factOf(found, 'sealed') !== null && factOf(found, 'stamp') === stamp,
    );
    return db === null ? null : new PlanStore(db, path, notPlannedAnew);
  }

  /** The plan is complete: from now on it survives whatever happens, and so does every `save`. */
  async seal(): Promise<void> {
    this.#db.exec('COMMIT');
    if (this.#path !== '') await makePlanDurable(this.#db, this.#path);
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

  /** Everything that was planned is forgotten, to plan it otherwise. */
  clear(): void {
    for (const table of PLANNED_TABLES) this.#db.exec(`DELETE FROM ${table}`);
    this.#volumes.clear();
    this.#ordinals = null;
  }

  /** How many volumes the plan has. */
  get count(): number {
    return Number(this.#statements.get('SELECT count(*) FROM volumes').pluck().get());
  }

  addVolume(number: number): void {
    if (number > 1) this.#db.exec(VOLUME_INDEXES.join(''));
    this.#statements.get('INSERT INTO volumes (number) VALUES (?)').run(number);
    this.#totals = { ...NOTHING_PLANNED };
  }

  /** All records of the volume that was added last are planned. */
  closeVolume(number: number): void {
    this.#statements
      .get('UPDATE volumes SET totals = ? WHERE number = ?')
      .run(JSON.stringify(this.#totals), number);
  }

  setManifest(volume: number, manifest: Manifest): void {
    this.#statements
      .get('UPDATE volumes SET manifest = ? WHERE number = ?')
      .run(JSON.stringify(manifest), volume);
  }

  volume(number: number): PlanVolume {
    const known = this.#volumes.get(number);
    if (known) return known;
    const volume = new PlanVolume(this.#db, number, () => this.save());
    this.#volumes.set(number, volume);
    return volume;
  }

  /** All volumes, in order. */
  volumes(): PlanVolume[] {
    return Array.from({ length: this.count }, (_, at) => this.volume(at + 1));
  }

  addShard(volume: number, kind: 'records' | 'authors', number: number, shard: FullShard): void {
    this.#statements
      .get('INSERT INTO shards VALUES (?, ?, ?, ?, ?, ?)')
      .run(volume, kind, number, shard.digest, shard.count, shard.content);
  }

  /** Adds a record, with its content the first time it is named, or one more place where that may be read. */
  addRecord(volume: number, record: NewRecord, file: NewFile | null): void {
    const content = file === null ? null : this.#addFile(volume, file);
    this.#totals.records += 1;
    if (file === null) this.#totals.metadataOnly += 1;
    this.#insertRecord.run(volume, record.imageId, content, record.url, record.localPath);
  }

  /** Returns its ordinal. */
  #addFile(volume: number, { digest, size, name, path, mtime }: NewFile): number {
    this.#ordinals ??= this.#newIndex();
    const key = keyNumber('digest', digest);
    const ordinal = this.#ordinals.find(key).find((known) => this.#digestOf.get(known) === digest);
    if (ordinal === undefined) {
      const added = Number(this.#insertFile.run(volume, digest, size, name, path, mtime).lastInsertRowid);
      this.#ordinals.add(key, added);
      this.#totals.files += 1;
      this.#totals.bytes += size;
      this.#totals.bound += payloadBound(size);
      return added;
    }
    this.#statements
      .get(
        `INSERT INTO sources SELECT @file, count(*) + 1, @path, @mtime FROM sources WHERE file = @file
       HAVING count(*) < ${MOST_SOURCES} AND coalesce(sum(path = @path), 0) = 0
       AND @path <> (SELECT path FROM files WHERE ordinal = @file)`,
      )
      .run({ file: ordinal, path, mtime });
    return ordinal;
  }

  /** A row that has no record because its file could not even be planned. */
  addOmission(volume: number, omission: Omission): void {
    this.#statements
      .get(
        'INSERT INTO omitted (volume, image_id, local_path, digest, url, reason, detail) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        volume,
        omission.imageId,
        omission.localPath,
        omission.digest,
        omission.url,
        omission.reason,
        omission.detail,
      );
  }
}

function notPlannedAnew(): never {
  throw new Error('a plan that is made is not added to');
}

function factOf(db: Database.Database, key: PlanFact): string | null {
  return db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck().get(key) ?? null;
}
