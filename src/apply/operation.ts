import { randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Archive } from '../archive/open.ts';
import { Journal, noteSequences } from '../archive/journal.ts';
import { Statements } from '../archive/statements.ts';
import {
  createSyncTables,
  type ExportList,
  hasSyncTables,
  type Operation,
  SyncTables,
  type SyncStatus,
} from '../archive/sync-tables.ts';
import { listIdOf, markApplied } from '../archive/volume-registry.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import type { ImageRecord, Manifest, OmittedLine } from '../manifest/types.ts';
import { recordSize } from '../merge/merge-context.ts';
import type { Outcome } from '../merge/outcomes.ts';
import { SITE_SIZE } from '../merge/taken-sizes.ts';
import { type EarlierRun, goesOn, RECORDS_PER_BUNDLE, registerBundle } from './earlier-run.ts';
import { type KnownRecords, ListBook } from './list-book.ts';
import { seriesState } from './series-books.ts';

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

export interface BeginFacts {
  readonly manifest: Manifest;
  readonly bundleId: string;
  readonly earlier: EarlierRun;
  /** What the user named. */
  readonly source: string;
  /** Records of the bundle, and how many of them are still to be done. */
  readonly total: number;
  readonly toDo: number;
  readonly now: Date;
}

/** What the journal calls the size of a file that came, in bytes. */
export const FILE_SIZE = 'size';

/** Requests that a bundle could not serve are numbered behind all of its records. */
const FIRST_UNSERVED = RECORDS_PER_BUNDLE / 2;

/** Records by fate, for the counters; `unserved` are errors that no record of the bundle stands for. */
const NOTHING_BOOKED = { processed: 0, errors: 0, unserved: 0 };

/** One apply in the books of the archive: operation, list, files, journal. */
export class ApplyOperation {
  readonly operationId: string;
  readonly journal: Journal;
  readonly list: ListBook;
  readonly #db: Database.Database;
  readonly #statements: Statements;
  readonly #sync: SyncTables;
  readonly #operation: Operation;
  readonly #facts: BeginFacts;
  /** Record numbers in the journal: those of this bundle start here. */
  readonly #firstRecord: number;
  #unserved = 0;
  #booked = { ...NOTHING_BOOKED };

  private constructor(
    archive: Archive,
    operation: Operation,
    list: ExportList,
    facts: BeginFacts,
    number: number,
  ) {
    const { db } = archive;
    this.#db = db;
    this.#statements = new Statements(db);
    this.#sync = new SyncTables(db);
    this.#operation = operation;
    this.#facts = facts;
    this.#firstRecord = number * RECORDS_PER_BUNDLE;
    this.operationId = operation.operation_id;
    this.journal = new Journal(db, operation.operation_id);
    this.list = new ListBook(archive, this.#sync, list);
  }

  /** Goes on with an unfinished operation, also one of other volumes, or begins a new one; with its list. */
  static async begin(archive: Archive, facts: BeginFacts, wait: WaitOptions): Promise<ApplyOperation> {
    const { db } = archive;
    if (!hasSyncTables(db)) await immediately(db, () => createSyncTables(db), wait);
    const sync = new SyncTables(db);
    const operationId = goesOn(facts.earlier)
      ? facts.earlier.operation!.operation_id
      : randomBytes(8).toString('hex');
    const listId = facts.earlier.list?.list_id ?? listIdOf(facts.bundleId);
    const number = await immediately(db, () => openBooks(db, sync, facts, operationId, listId), wait);
    return new ApplyOperation(archive, sync.operation(operationId)!, sync.list(listId)!, facts, number);
  }

  /** Makes the list whole, reads it, and takes what failed before out of the books: it is tried again. */
  async prepare(records: KnownRecords, wait: WaitOptions): Promise<void> {
    const { kind } = this.#facts.earlier;
    await this.list.complete(kind, records, wait);
    this.list.read(kind);
    await immediately(this.#db, () => this.#forgetFailures(), wait);
  }

  #forgetFailures(): void {
    const db = this.#db;
    const failed = `operation = ? AND outcome = 'failed' AND record >= ? AND record < ?`;
    const range = [this.operationId, this.#firstRecord, this.#firstRecord + RECORDS_PER_BUNDLE];
    this.list.forgetFailures();
    db.prepare(
      `DELETE FROM sync_files WHERE id IN (SELECT CAST("key" AS INTEGER) FROM indabundle_journal WHERE ${failed})`,
    ).run(...range);
    const unserved = db
      .prepare(`DELETE FROM indabundle_journal WHERE ${failed}`)
      .run(this.operationId, this.#firstRecord + FIRST_UNSERVED, this.#firstRecord + RECORDS_PER_BUNDLE);
    this.#sync.addTotal(this.operationId, -unserved.changes);
    this.#sync.makeRoom(this.operationId, this.#facts.toDo);
    db.prepare(`DELETE FROM indabundle_journal WHERE ${failed}`).run(...range);
    db.prepare(`UPDATE sync_operations SET error_count = (SELECT count(*) FROM indabundle_journal WHERE operation = @id AND outcome = 'failed')
                WHERE operation_id = @id`).run({ id: this.operationId });
  }

  /** Writes the chosen place of a file ahead of the file itself; returns the row. */
  bookPending(localPath: string, digest: string): number {
    return this.#sync.addFile(this.#operation, {
      imageId: null,
      path: localPath,
      digest,
      status: 'pending',
      message: null,
    });
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
    const { ordinal, record, outcome, imageId, localPath } = booking;
    const failed = outcome === 'failed';
    const status: SyncStatus = failed ? 'error' : 'completed';
    const row = this.#bookFile(booking, status);
    const asked = this.list.book(ordinal, record, imageId, status);
    // By this the books tell why a row of a list failed; those that ask by content have the digest.
    const forWhom = failed
      ? { old: asked.find((path) => path.startsWith('url_')) ?? asked[0] ?? null }
      : sizeStep(booking);
    this.journal.add({
      record: this.#firstRecord + ordinal,
      outcome,
      table: 'sync_files',
      key: String(row),
      new: localPath,
      ...forWhom,
    });
    this.#booked[failed ? 'errors' : 'processed'] += 1;
  }

  #bookFile(booking: Booking, status: SyncStatus): number {
    const { imageId, localPath: path, message, record } = booking;
    if (booking.pendingRow !== null) {
      this.#sync.setFile(booking.pendingRow, { imageId, path, status, message });
      return booking.pendingRow;
    }
    return this.#sync.addFile(this.#operation, {
      imageId,
      path,
      digest: record?.file?.digest ?? null,
      status,
      message,
    });
  }

  /** A request's rows that the bundle could not serve: the sender said why. They count as if they had come and failed. */
  bookUnserved(line: OmittedLine, message: string): void {
    for (const asked of this.list.bookUnserved(line)) {
      const file = this.#sync.addFile(this.#operation, {
        imageId: null,
        path: null,
        digest: line.digest ?? null,
        status: 'error',
        message,
      });
      const record = this.#firstRecord + FIRST_UNSERVED + this.#unserved;
      this.#unserved += 1;
      this.journal.add({
        record,
        outcome: 'failed',
        table: 'sync_files',
        key: String(file),
        old: asked,
        new: null,
      });
      this.#booked.errors += 1;
      this.#booked.unserved += 1;
    }
  }

  /** A transaction begins. */
  beginTransaction(): void {
    this.journal.begin();
  }

  /** Adds what was booked to the counters, at the end of the same transaction: once, not once per record. */
  addUp(now: Date): void {
    this.journal.flush();
    const { processed, errors, unserved } = this.#booked;
    if (processed + errors > 0) this.#sync.addToOperation(this.operationId, processed, errors, now);
    if (unserved > 0) this.#sync.addTotal(this.operationId, unserved);
    this.#booked = { ...NOTHING_BOOKED };
    this.list.addUp();
  }

  /**
   * Closes the books as far as they go: a series is done when all of its volumes are. A volume that is
   * not `whole`, or of which something failed here, is still to come.
   */
  finish(now: Date, whole: boolean): void {
    this.addUp(now);
    const waits = this.list.finish();
    const errors = Number(
      this.#db
        .prepare('SELECT error_count FROM sync_operations WHERE operation_id = ?')
        .pluck()
        .get(this.operationId),
    );
    if (whole) markApplied(this.#db, this.operationId, this.#firstRecord / RECORDS_PER_BUNDLE);
    const complete = !waits && (seriesState(this.#db, this.#facts.manifest)?.missing.length ?? 0) === 0;
    this.#sync.setOperation(
      this.operationId,
      { status: errors > 0 ? 'error' : complete ? 'completed' : 'pending' },
      now,
    );
  }
}

/**
 * The size of a file that came with its image, so that a later run can see that it is whole without
 * the bundle; of one that a row has or was pointed to, how large the site says it is.
 */
function sizeStep({ outcome, record, localPath }: Booking): {
  readonly column?: string;
  readonly old?: string;
} {
  if (!record?.file || localPath === null) return {};
  if (outcome === 'added') return { column: FILE_SIZE, old: String(record.file.size) };
  return { column: SITE_SIZE, old: String(recordSize(record)) };
}

/** Writes operation, list and registry as far as they are new, in one transaction; returns the bundle's number. */
function openBooks(
  db: Database.Database,
  sync: SyncTables,
  facts: BeginFacts,
  operationId: string,
  listId: string,
): number {
  const { earlier, manifest, bundleId, total, toDo, now } = facts;
  if (!goesOn(earlier)) {
    sync.createOperation(operationId, facts.source, 0, now);
    noteSequences(db, new Journal(db, operationId));
  }
  if (earlier.list === null) sync.createList(listId, operationId, total, now);
  else sync.setList(listId, { operationId, status: 'pending' });
  const known = goesOn(earlier) ? earlier.number : null;
  const number = known ?? registerBundle(db, operationId, manifest, bundleId);
  if (known === null) sync.addTotal(operationId, toDo);
  sync.setOperation(operationId, { status: 'pending' }, now);
  return number;
}
