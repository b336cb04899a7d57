import type Database from 'better-sqlite3';
import { CREATE_SYNC_TABLES, SYNC_COLUMNS } from './sync-schema.ts';

/** All that a sync row can be. */
export type SyncStatus = 'pending' | 'completed' | 'error';

/** Creates the sync tables where they are missing; those that other programs made are used as they are. */
export function createSyncTables(db: Database.Database): void {
  db.exec(CREATE_SYNC_TABLES);
}

/** True when this database has all the tables that {@link createSyncTables} makes. */
export function hasSyncTables(db: Database.Database): boolean {
  const names = [...SYNC_COLUMNS.keys()];
  const found = db.prepare(
    `SELECT count(*) FROM main.sqlite_master WHERE type = 'table' AND name IN (${names.map(() => '?').join()})`,
  );
  return found.pluck().get(...names) === names.length;
}

/** True when this database has the four tables that the Python scripts make, too. */
export function hasListTables(db: Database.Database): boolean {
  const count = db.prepare(
    `SELECT count(*) FROM main.sqlite_master WHERE type = 'table'
     AND name IN ('sync_operations', 'sync_files', 'sync_export_lists', 'sync_export_files')`,
  );
  return count.pluck().get() === 4;
}

/** True when our own journal is there. */
export function hasJournal(db: Database.Database): boolean {
  return (
    db
      .prepare(`SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = 'indabundle_journal'`)
      .get() !== undefined
  );
}

export interface Operation {
  readonly id: number;
  readonly operation_id: string;
  readonly status: SyncStatus;
}

export interface ExportList {
  readonly id: number;
  readonly list_id: string;
  readonly operation_id: string | null;
  readonly total_files: number;
  readonly processed_files: number;
  readonly status: SyncStatus;
}

/** The time as the sync tables hold it. */
export function syncTime(now: Date): string {
  return now.toISOString().slice(0, 19).replace('T', ' ');
}

/** The rows of the four sync tables, written by id and counted by increments. */
export class SyncTables {
  readonly #db: Database.Database;
  readonly #operationKey: 'id' | 'operation_id';
  readonly #listKey: 'id' | 'list_id';
  readonly #insertListFile: Database.Statement;
  readonly #setListFile: Database.Statement;
  readonly #insertFile: Database.Statement;
  readonly #setFile: Database.Statement;
  readonly #addToOperation: Database.Statement;
  readonly #addToList: Database.Statement;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#operationKey = referenced(db, 'sync_files', 'operation_id') === 'id' ? 'id' : 'operation_id';
    this.#listKey = referenced(db, 'sync_export_files', 'list_id') === 'id' ? 'id' : 'list_id';
    this.#insertListFile = db.prepare(
      'INSERT INTO sync_export_files (list_id, image_id, export_path, status) VALUES (?, ?, ?, ?)',
    );
    this.#setListFile = db.prepare(
      'UPDATE sync_export_files SET status = ?, image_id = coalesce(?, image_id) WHERE id = ?',
    );
    this.#insertFile = db.prepare(
      'INSERT INTO sync_files (operation_id, image_id, file_path, file_hash, status, error_message) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#setFile = db.prepare(
      'UPDATE sync_files SET image_id = ?, file_path = ?, status = ?, error_message = ? WHERE id = ?',
    );
    this.#addToOperation = db.prepare(
      'UPDATE sync_operations SET processed_files = coalesce(processed_files, 0) + ?, error_count = coalesce(error_count, 0) + ?, end_time = ? WHERE operation_id = ?',
    );
    this.#addToList = db.prepare(
      'UPDATE sync_export_lists SET processed_files = coalesce(processed_files, 0) + ? WHERE list_id = ?',
    );
  }

  createOperation(operationId: string, source: string, total: number, now: Date): void {
    this.#db
      .prepare(`INSERT INTO sync_operations (operation_id, start_time, status, source_db_path, total_files, processed_files, error_count)
                VALUES (?, ?, 'pending', ?, ?, 0, 0)`)
      .run(operationId, syncTime(now), source, total);
  }

  operation(operationId: string): Operation | null {
    const find = this.#db.prepare<[string], Operation>(
      'SELECT id, operation_id, status FROM sync_operations WHERE operation_id = ?',
    );
    return find.get(operationId) ?? null;
  }

  setOperation(operationId: string, values: { status?: SyncStatus; total?: number }, now: Date): void {
    this.#db
      .prepare(`UPDATE sync_operations SET status = coalesce(?, status), total_files = coalesce(?, total_files), end_time = ?
                WHERE operation_id = ?`)
      .run(values.status ?? null, values.total ?? null, syncTime(now), operationId);
  }

  /** More records than the operation knew of: another volume. */
  addTotal(operationId: string, total: number): void {
    this.#db
      .prepare('UPDATE sync_operations SET total_files = coalesce(total_files, 0) + ? WHERE operation_id = ?')
      .run(total, operationId);
  }

  /** Records that are done once more count once more: there are never more than there should be. */
  makeRoom(operationId: string, toDo: number): void {
    this.#db
      .prepare(
        'UPDATE sync_operations SET total_files = max(coalesce(total_files, 0), coalesce(processed_files, 0) + ?) WHERE operation_id = ?',
      )
      .run(toDo, operationId);
  }

  addToOperation(operationId: string, processed: number, errors: number, now: Date): void {
    this.#addToOperation.run(processed, errors, syncTime(now), operationId);
  }

  createList(listId: string, operationId: string | null, total: number, now: Date): void {
    this.#db
      .prepare(`INSERT INTO sync_export_lists (operation_id, list_id, created_time, total_files, processed_files, status)
                VALUES (?, ?, ?, ?, 0, 'pending')`)
      .run(operationId, listId, syncTime(now), total);
  }

  list(listId: string): ExportList | null {
    const columns = 'id, list_id, operation_id, total_files, processed_files, status';
    return (
      this.#db
        .prepare<[string], ExportList>(`SELECT ${columns} FROM sync_export_lists WHERE list_id = ?`)
        .get(listId) ?? null
    );
  }

  /** Whom a list of ours was asked of; null for the lists of others. */
  askedOf(listId: string): string | null {
    if (!hasJournal(this.#db)) return null;
    const find = this.#db.prepare<[string], string>(
      `SELECT new FROM indabundle_journal WHERE operation = ? AND "column" = 'asked_of'`,
    );
    return find.pluck().get(listId) ?? null;
  }

  setList(listId: string, values: { operationId?: string; status?: SyncStatus; total?: number }): void {
    this.#db
      .prepare(`UPDATE sync_export_lists SET operation_id = coalesce(?, operation_id), status = coalesce(?, status),
                total_files = coalesce(?, total_files) WHERE list_id = ?`)
      .run(values.operationId ?? null, values.status ?? null, values.total ?? null, listId);
  }

  addToList(listId: string, processed: number): void {
    this.#addToList.run(processed, listId);
  }

  /** The column of `sync_export_lists` that `sync_export_files.list_id` points at. */
  get listColumn(): 'id' | 'list_id' {
    return this.#listKey;
  }

  /** What `sync_export_files.list_id` holds for a list: its `list_id`, or its row's id where a script declared it so. */
  listReference(list: ExportList): string | number {
    return this.#listKey === 'id' ? list.id : list.list_id;
  }

  /** Returns the new row's id. */
  addListFile(list: ExportList, imageId: number | null, exportPath: string, status: SyncStatus): number {
    return Number(
      this.#insertListFile.run(this.listReference(list), imageId, exportPath, status).lastInsertRowid,
    );
  }

  /** Adds a row for each image of a JSON object, which has the digests of their files by their ids. */
  addListHashes(list: ExportList, digests: string, status: SyncStatus): void {
    this.#db
      .prepare(
        `INSERT INTO sync_export_files (list_id, image_id, export_path, status)
         SELECT ?, images.id, 'hash_' || value, ? FROM json_each(?) LEFT JOIN main.images ON images.id = CAST("key" AS INTEGER)`,
      )
      .run(this.listReference(list), status, digests);
  }

  setListFile(id: number, status: SyncStatus, imageId: number | null): void {
    this.#setListFile.run(status, imageId, id);
  }

  setListPath(id: number, exportPath: string): void {
    this.#db.prepare('UPDATE sync_export_files SET export_path = ? WHERE id = ?').run(exportPath, id);
  }

  /** What `sync_files.operation_id` holds for an operation: see {@link listReference}. */
  operationReference(operation: Operation): string | number {
    return this.#operationKey === 'id' ? operation.id : operation.operation_id;
  }

  /** Returns the new row's id. */
  addFile(operation: Operation, file: SyncFile): number {
    const reference = this.operationReference(operation);
    return Number(
      this.#insertFile.run(reference, file.imageId, file.path, file.digest, file.status, file.message)
        .lastInsertRowid,
    );
  }

  setFile(id: number, file: Omit<SyncFile, 'digest'>): void {
    this.#setFile.run(file.imageId, file.path, file.status, file.message, id);
  }

  /** The rows of an operation that were begun and not finished. */
  pendingFiles(operation: Operation): { id: number; file_path: string | null; file_hash: string | null }[] {
    const reference = this.operationReference(operation);
    return this.#db
      .prepare<[string | number], { id: number; file_path: string | null; file_hash: string | null }>(
        `SELECT id, file_path, file_hash FROM sync_files WHERE operation_id = ? AND status = 'pending'`,
      )
      .all(reference);
  }
}

/** One row of `sync_files`: a record's fate. */
export interface SyncFile {
  readonly imageId: number | null;
  readonly path: string | null;
  readonly digest: string | null;
  readonly status: SyncStatus;
  readonly message: string | null;
}

/** The column that a foreign key points at, as whoever created the table declared it. */
function referenced(db: Database.Database, table: string, column: string): string | null {
  const keys = db
    .prepare<[string], { from: string; to: string | null }>(
      'SELECT "from", "to" FROM pragma_foreign_key_list(?)',
    )
    .all(table);
  return keys.find((key) => key.from === column)?.to ?? null;
}
