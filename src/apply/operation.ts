import { randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import { digestOf } from '../base/digest.ts';
import type { Archive } from '../archive/open.ts';
import { Journal } from '../archive/journal.ts';
import { createSyncTables, type ExportList, hasSyncTables, type Operation, SyncTables, type SyncStatus } from '../archive/sync-tables.ts';
import { Statements } from '../archive/statements.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import type { ImageRecord, Manifest } from '../manifest/types.ts';
import type { Outcome } from '../merge/outcomes.ts';

/** Which records of a list belong to whom: ours have one row per record, in the order of the bundle. */
type ListKind = 'own' | 'request';

/** The id of the list that stands for a bundle here, when it answers no request of ours. */
export function listIdOf(manifest: Manifest, bundleId: string): string {
  const { count, export_id } = manifest.volume;
  return count === 1 ? bundleId.slice(0, 16) : digestOf(`series ${export_id} of ${count}`).slice(0, 16);
}

/** What an earlier run left of the same bundle. */
export interface EarlierRun {
  readonly kind: ListKind;
  readonly list: ExportList;
  readonly operation: Operation | null;
}

/** Finds the list that a bundle is booked on: the request that it answers, or one made for it before. */
export function findEarlier(archive: Archive, manifest: Manifest, bundleId: string): EarlierRun | null {
  if (!hasListTables(archive.db)) return null;
  const sync = new SyncTables(archive.db);
  const request = manifest.list_id === undefined ? null : sync.list(manifest.list_id);
  const list = request ?? sync.list(listIdOf(manifest, bundleId));
  if (list === null) return null;
  const operation = list.operation_id === null ? null : sync.operation(list.operation_id);
  return { kind: request === null ? 'own' : 'request', list, operation };
}

function hasListTables(db: Database.Database): boolean {
  const count = db.prepare(`SELECT count(*) FROM main.sqlite_master WHERE type = 'table' AND name IN ('sync_operations', 'sync_files', 'sync_export_lists', 'sync_export_files')`);
  return count.pluck().get() === 4;
}

/** What became of one record, for the books. */
export interface Booking {
  readonly ordinal: number;
  readonly record: ImageRecord | null;
  readonly outcome: Outcome;
  readonly imageId: number | null;
  readonly localPath: string | null;
  readonly message: string | null;
  /** Row of `sync_files` that was written ahead, if any. */
  readonly pendingRow: number | null;
}

/** One apply in the books of the archive: operation, list, files, journal. */
export class ApplyOperation {
  readonly operationId: string;
  readonly journal: Journal;
  readonly #db: Database.Database;
  readonly #statements: Statements;
  readonly #sync: SyncTables;
  readonly #operation: Operation;
  readonly #list: ExportList;
  #booked = { processed: 0, errors: 0, listed: 0 };

  private constructor(db: Database.Database, operation: Operation, list: ExportList) {
    this.#db = db;
    this.#statements = new Statements(db);
    this.#sync = new SyncTables(db);
    this.#operation = operation;
    this.#list = list;
    this.operationId = operation.operation_id;
    this.journal = new Journal(db, operation.operation_id);
  }

  /** Goes on with an unfinished operation, or begins a new one with its list. */
  static async begin(archive: Archive, facts: BeginFacts, wait: WaitOptions): Promise<ApplyOperation> {
    const { db } = archive;
    const { earlier } = facts;
    if (!hasSyncTables(db)) await immediately(db, () => createSyncTables(db), wait);
    const sync = new SyncTables(db);
    const goesOn = earlier?.operation && earlier.operation.status !== 'completed';
    const operationId = goesOn ? earlier.operation!.operation_id : randomBytes(8).toString('hex');
    const listId = earlier?.list.list_id ?? listIdOf(facts.manifest, facts.bundleId);
    await immediately(db, () => {
      if (!goesOn) sync.createOperation(operationId, facts.source, facts.total, facts.now);
      if (earlier === null) sync.createList(listId, operationId, facts.total, facts.now);
      else sync.setList(listId, { operationId, status: 'pending' });
      sync.setOperation(operationId, { status: 'pending' }, facts.now);
    }, wait);
    return new ApplyOperation(db, sync.operation(operationId)!, sync.list(listId)!);
  }

  /** Adds the list's rows that are missing, one per record in order, as pending. A request has its own. */
  async completeListRows(kind: ListKind, total: number, pathOf: (ordinal: number) => string | null, wait: WaitOptions): Promise<void> {
    if (kind === 'request') return;
    const count = this.#db.prepare('SELECT count(*) FROM sync_export_files WHERE list_id = ?');
    let next = Number(count.pluck().get(this.#sync.listReference(this.#list)));
    while (next < total) {
      const end = Math.min(next + LIST_ROWS, total);
      await immediately(this.#db, () => {
        for (; next < end; next += 1) this.#sync.addListFile(this.#list, null, pathOf(next) ?? unknownPath(next), 'pending');
      }, wait);
    }
  }

  /**
   * Reads which list row stands for which record into `temp.list_rows`; whatever failed before is
   * pending again, and its old entries in the books are taken out.
   */
  async prepare(kind: ListKind, wait: WaitOptions): Promise<void> {
    const db = this.#db;
    const reference = this.#sync.listReference(this.#list);
    db.exec('CREATE TEMP TABLE IF NOT EXISTS list_rows (id INTEGER PRIMARY KEY, record INTEGER, path TEXT, status TEXT); DELETE FROM temp.list_rows');
    db.prepare(`INSERT INTO temp.list_rows SELECT id, ${kind === 'own' ? 'row_number() OVER (ORDER BY id) - 1' : 'NULL'},
                CASE WHEN export_path LIKE 'hash\\_%' ESCAPE '\\' THEN lower(export_path) ELSE export_path END, status
                FROM main.sync_export_files WHERE list_id = ?`).run(reference);
    db.exec(`CREATE INDEX IF NOT EXISTS temp.list_rows_record ON list_rows (record); CREATE INDEX IF NOT EXISTS temp.list_rows_path ON list_rows (path)`);
    await immediately(db, () => this.#forgetFailures(), wait);
  }

  #forgetFailures(): void {
    const db = this.#db;
    const id = this.operationId;
    db.prepare(`UPDATE sync_export_files SET status = 'pending' WHERE status = 'error' AND id IN (SELECT id FROM temp.list_rows)`).run();
    db.exec(`UPDATE temp.list_rows SET status = 'pending' WHERE status = 'error'`);
    db.prepare(`DELETE FROM sync_files WHERE id IN (SELECT CAST("key" AS INTEGER) FROM indabundle_journal WHERE operation = ? AND outcome = 'failed')`).run(id);
    db.prepare(`DELETE FROM indabundle_journal WHERE operation = ? AND outcome = 'failed'`).run(id);
    db.prepare('UPDATE sync_operations SET error_count = 0 WHERE operation_id = ?').run(id);
  }

  /** Writes the chosen place of a file ahead of the file itself; returns the row. */
  bookPending(localPath: string, digest: string): number {
    return this.#sync.addFile(this.#operation, { imageId: null, path: localPath, digest, status: 'pending', message: null });
  }

  changePending(row: number, localPath: string): void {
    this.#sync.setFile(row, { imageId: null, path: localPath, status: 'pending', message: null });
  }

  dropPending(row: number): void {
    this.#statements.get(`DELETE FROM sync_files WHERE id = ? AND status = 'pending'`).run(row);
  }

  pendingFiles(): { id: number; file_path: string | null; file_hash: string | null }[] {
    return this.#sync.pendingFiles(this.#operation);
  }

  /** Books a record's fate, in the transaction of its rows. */
  book(booking: Booking): void {
    const failed = booking.outcome === 'failed';
    const status: SyncStatus = failed ? 'error' : 'completed';
    const row = this.#bookFile(booking, status);
    this.journal.add({
      record: booking.ordinal, outcome: booking.outcome, table: 'sync_files', key: String(row), new: booking.localPath,
    });
    this.#booked[failed ? 'errors' : 'processed'] += 1;
    this.#bookList(booking, status);
  }

  /** Adds what was booked to the counters, at the end of the same transaction: once, not once per record. */
  addUp(now: Date): void {
    const { processed, errors, listed } = this.#booked;
    if (processed + errors > 0) this.#sync.addToOperation(this.operationId, processed, errors, now);
    if (listed > 0) this.#sync.addToList(this.#list.list_id, listed);
    this.#booked = { processed: 0, errors: 0, listed: 0 };
  }

  #bookFile(booking: Booking, status: SyncStatus): number {
    const { imageId, localPath: path, message, record } = booking;
    if (booking.pendingRow !== null) {
      this.#sync.setFile(booking.pendingRow, { imageId, path, status, message });
      return booking.pendingRow;
    }
    return this.#sync.addFile(this.#operation, { imageId, path, digest: record?.file?.digest ?? null, status, message });
  }

  /** Completed is completed: a later record with the same content does not take it back. */
  #bookList(booking: Booking, status: SyncStatus): void {
    for (const { id, status: before, path } of this.#listRows(booking)) {
      if (before === 'completed') continue;
      if (booking.record !== null && path === unknownPath(booking.ordinal)) this.#sync.setListPath(id, listPaths(booking.record)[0]!);
      this.#sync.setListFile(id, status, booking.imageId);
      this.#statements.get('UPDATE temp.list_rows SET status = ? WHERE id = ?').run(status, id);
      if (status === 'completed') this.#booked.listed += 1;
    }
  }

  #listRows(booking: Booking): ListRow[] {
    const byRecord = this.#statements.get<ListRow>('SELECT id, status, path FROM temp.list_rows WHERE record = ?').all(booking.ordinal);
    if (byRecord.length > 0 || booking.record === null) return byRecord;
    const paths = listPaths(booking.record);
    return this.#statements.get<ListRow>(`SELECT id, status, path FROM temp.list_rows WHERE record IS NULL AND path IN (${paths.map(() => '?').join()})`)
      .all(...paths);
  }

  /** A request's rows that no bundle could serve: the sender said why. */
  bookUnserved(path: string, message: string): void {
    const rows = this.#db.prepare<[string], { id: number; status: string }>('SELECT id, status FROM temp.list_rows WHERE record IS NULL AND path = ?').all(path);
    for (const { id, status } of rows) {
      if (status !== 'pending') continue;
      this.#sync.setListFile(id, 'error', null);
      this.#sync.addFile(this.#operation, { imageId: null, path: null, digest: path.startsWith('hash_') ? path.slice(5) : null, status: 'error', message });
    }
  }

  /** Closes the books as far as they go. */
  finish(errors: number, now: Date): void {
    const open = this.#db.prepare(`SELECT count(*) FROM temp.list_rows WHERE status <> 'completed'`).pluck().get();
    this.#sync.setList(this.#list.list_id, { status: Number(open) === 0 ? 'completed' : errors > 0 ? 'error' : 'pending' });
    this.#sync.setOperation(this.operationId, { status: errors > 0 ? 'error' : 'completed' }, now);
  }
}

interface ListRow {
  readonly id: number;
  readonly status: string;
  readonly path: string;
}

/** Rows of one short transaction. */
const LIST_ROWS = 5000;

/** Stands in a list for a record that could not be read. */
const unknownPath = (ordinal: number) => `record_${ordinal + 1}`;

export interface BeginFacts {
  readonly manifest: Manifest;
  readonly bundleId: string;
  readonly earlier: EarlierRun | null;
  /** What the user named. */
  readonly source: string;
  readonly total: number;
  readonly now: Date;
}

/** How a list may name a record: by content, or by address. */
export function listPaths(record: ImageRecord): string[] {
  const paths: string[] = [];
  if (record.file) paths.push(`hash_${record.file.digest}`);
  if (record.image.url !== undefined) paths.push(`url_${record.image.url}`);
  return paths.length > 0 ? paths : [`url_${record.image.page_url ?? ''}`];
}
