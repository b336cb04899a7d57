import type Database from 'better-sqlite3';
import { digestOf } from '../base/digest.ts';
import { BundleError, systemCode } from '../base/errors.ts';
import type { Observer } from '../base/events.ts';
import { openToWrite } from '../archive/open.ts';
import { createSyncTables, type ExportList, type SyncStatus, SyncTables } from '../archive/sync-tables.ts';
import { immediately } from '../archive/transaction.ts';
import { EXPORT_PREFIX } from '../archive/volume-registry.ts';
import type { Omission } from './planned.ts';
import type { PlanStore } from './plan-store.ts';
import type { CarriedRecords, PlanVolume } from './plan-volume.ts';

/** Rows of one short transaction. */
const ROWS_PER_TRANSACTION = 2000;

const LIST_ID = /^[0-9a-f]{16}$/;

/** A list id is 16 hex digits: the export's id where it is one, else a digest of it. */
function listIdFor(exportId: string): string {
  return LIST_ID.test(exportId) ? exportId : digestOf(`indabundle list of ${exportId}`).slice(0, 16);
}

export interface ExportFacts {
  readonly db: string;
  readonly root: string;
  readonly exportId: string;
  /** What the user named the output. */
  readonly output: string;
  readonly now: Date;
  readonly observer: Observer;
}

/**
 * Writes the export into the sender's sync tables: the operation, a list with one row per record,
 * and what was left out with the reason. On a write-protected disk it is left undone, and said.
 */
export async function recordExport(plan: PlanStore, facts: ExportFacts): Promise<void> {
  try {
    await writeRows(plan, facts);
  } catch (error) {
    if (error instanceof BundleError && error.code === 'db-no-keys') {
      facts.observer({ type: 'notice', notice: 'archive-without-keys', params: error.params });
      return;
    }
    const code = (error as { code?: unknown }).code;
    const isProtected =
      code === 'db-read-only' ||
      code === 'db-unreadable' ||
      /^SQLITE_(READONLY|CANTOPEN)|^E(ROFS|ACCES|PERM)$/.test(systemCode(error));
    if (!isProtected) throw error;
    facts.observer({ type: 'notice', notice: 'archive-write-protected', params: { path: facts.db } });
  }
}

async function writeRows(plan: PlanStore, facts: ExportFacts): Promise<void> {
  const archive = openToWrite(facts.db, { root: facts.root });
  const wait = { observer: facts.observer, what: facts.db };
  try {
    const { db } = archive;
    const listId = listIdFor(facts.exportId);
    const operationId = EXPORT_PREFIX + listId;
    await immediately(
      db,
      () => {
        createSyncTables(db);
        forget(db, listId, operationId);
        const sync = new SyncTables(db);
        sync.createOperation(operationId, facts.output, 0, facts.now);
        sync.createList(listId, operationId, 0, facts.now);
      },
      wait,
    );
    const sync = new SyncTables(db);
    const book = new ExportBook(db, sync, sync.list(listId)!, operationId, facts.now);
    for (const [carried, status] of carriedRecords(plan))
      await immediately(db, () => book.addCarried(carried, status), wait);
    await inTransactions(rows(plan), (batch) => immediately(db, () => book.add(batch), wait));
    await immediately(db, () => book.finish(), wait);
  } finally {
    archive.close();
  }
}

/** The same export made again takes the place of its earlier rows. */
function forget(db: Database.Database, listId: string, operationId: string): void {
  db.prepare('DELETE FROM sync_export_files WHERE list_id = ?').run(listId);
  db.prepare('DELETE FROM sync_export_lists WHERE list_id = ?').run(listId);
  db.prepare('DELETE FROM sync_files WHERE operation_id = ?').run(operationId);
  db.prepare('DELETE FROM sync_operations WHERE operation_id = ?').run(operationId);
}

interface BookRow {
  readonly imageId: number | null;
  readonly digest: string | null;
  readonly url: string | null;
  readonly localPath: string;
  readonly message: string | null;
  readonly status: SyncStatus;
}

/** Volumes that are not made yet are still to come. */
const statusOf = ({ written }: PlanVolume): SyncStatus => (written === null ? 'pending' : 'completed');

/** Most of the rows of an export: they are moved from database to database without being looked at. */
function* carriedRecords(plan: PlanStore): Generator<[CarriedRecords, SyncStatus]> {
  for (const volume of plan.volumes()) {
    const status = statusOf(volume);
    for (const carried of volume.carriedRecords()) yield [carried, status];
  }
}

/** All others. */
function* rows(plan: PlanStore): Generator<BookRow> {
  for (const volume of plan.volumes()) {
    const status = statusOf(volume);
    for (const record of volume.metadataRecords())
      yield { ...record, digest: null, localPath: '', message: null, status };
    for (const omission of volume.omissions())
      yield { ...omission, message: wordsOf(omission), status: 'error' };
  }
}

function wordsOf({ reason, detail }: Pick<Omission, 'reason' | 'detail'>): string {
  return detail === null ? reason : `${reason}: ${detail}`;
}

async function inTransactions<T>(items: Iterable<T>, write: (batch: T[]) => Promise<void>): Promise<void> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < ROWS_PER_TRANSACTION) continue;
    await write(batch);
    batch = [];
  }
  if (batch.length > 0) await write(batch);
}

class ExportBook {
  readonly #sync: SyncTables;
  readonly #hasImage: Database.Statement<[number]>;
  readonly #list: ExportList;
  readonly #operationId: string;
  readonly #now: Date;
  #total = 0;
  #errors = 0;
  #pending = 0;

  constructor(db: Database.Database, sync: SyncTables, list: ExportList, operationId: string, now: Date) {
    this.#sync = sync;
    this.#hasImage = db.prepare<[number]>('SELECT 1 FROM main.images WHERE id = ?');
    this.#list = list;
    this.#operationId = operationId;
    this.#now = now;
  }

  addCarried({ count, digests }: CarriedRecords, status: SyncStatus): void {
    this.#sync.addListHashes(this.#list, digests, status);
    this.#count(count, 0, status === 'pending' ? count : 0);
  }

  add(batch: readonly BookRow[]): void {
    const operation = this.#sync.operation(this.#operationId)!;
    let errors = 0;
    let pending = 0;
    for (const { imageId: planned, digest, url, localPath, message, status } of batch) {
      const imageId = this.#imageStillThere(planned);
      const path = digest === null ? `url_${url ?? ''}` : `hash_${digest}`;
      this.#sync.addListFile(this.#list, imageId, path, status);
      if (status === 'pending') pending += 1;
      if (status !== 'error') continue;
      errors += 1;
      this.#sync.addFile(operation, { imageId, path: localPath, digest, status, message });
    }
    this.#count(batch.length, errors, pending);
  }

  #count(records: number, errors: number, pending: number): void {
    const done = records - errors - pending;
    this.#sync.addToOperation(this.#operationId, done, errors, this.#now);
    this.#sync.addToList(this.#list.list_id, done);
    this.#total += records;
    this.#errors += errors;
    this.#pending += pending;
  }

  /** A plan may be older than the database: rows go meanwhile. */
  #imageStillThere(id: number | null): number | null {
    return id !== null && this.#hasImage.get(id) !== undefined ? id : null;
  }

  finish(): void {
    const status = this.#pending > 0 ? 'pending' : this.#errors > 0 ? 'error' : 'completed';
    this.#sync.setList(this.#list.list_id, { total: this.#total, status });
    this.#sync.setOperation(this.#operationId, { total: this.#total, status }, this.#now);
  }
}
