import type Database from 'better-sqlite3';
import { BundleError } from '../base/errors.ts';
import { hereMeanwhile } from '../archive/here-meanwhile.ts';
import type { Archive } from '../archive/open.ts';
import { REVERTING } from '../archive/revert-marks.ts';
import { hasJournal, hasListTables, syncTime } from '../archive/sync-tables.ts';
import { bundleLists, EXPORT_PREFIX, isExport } from '../archive/volume-registry.ts';

interface OperationRow {
  readonly operation_id: string;
  readonly status: string | null;
  readonly end_time: string | null;
  readonly error_count: number;
}

interface ListRow {
  readonly list_id: string;
  readonly status: string | null;
  readonly operation_id: string | null;
  readonly created_time: string | null;
}

interface ListOfOperation extends ListRow {
  /** The operation whose bundle or export the list was made for; null for one that asks. */
  readonly owner: string | null;
}

/** Bookkeeping that is finished, and what is not. */
export interface FinishedBooks {
  readonly operations: readonly string[];
  readonly lists: readonly string[];
  readonly unfinished: readonly string[];
  /** True when an apply is not finished: it may need its backup. */
  readonly applying: boolean;
}

const NOTHING: FinishedBooks = { operations: [], lists: [], unfinished: [], applying: false };

/**
 * Done; or failed in part, and what failed has come by another way since. Exports are not gone on with by
 * their bookkeeping: whatever their status, they are over.
 */
function isFinished({ operation_id: id, status, error_count: errors }: OperationRow, here: Here): boolean {
  return status === 'completed' || isExport(id) || (status === 'error' && errors <= (here.get(id) ?? 0));
}

type Here = ReadonlyMap<string, number>;

/** All that is finished and ended by `before` (milliseconds since 1970, null for any time); the books know seconds. */
export function finishedBooks(archive: Archive, before: number | null): FinishedBooks {
  const { db } = archive;
  if (!hasListTables(db)) return NOTHING;
  const limit = before === null ? '9999' : syncTime(new Date(before));
  const operations = allOperations(db);
  const lists = allLists(db);
  const someFailed = operations.some(({ status }) => status === 'error');
  const here = someFailed ? hereMeanwhile(archive).operations : new Map<string, number>();
  const finished = operations.filter((operation) => isFinished(operation, here));
  const ended = new Set(
    finished.filter(({ end_time }) => (end_time ?? '') <= limit).map(({ operation_id }) => operation_id),
  );
  const over = lists.filter((list) => isOver(list, ended, limit)).map(({ list_id }) => list_id);
  const open = operations.filter((operation) => !finished.includes(operation));
  const waiting = lists.filter(
    (list) => list.status !== 'completed' && !over.includes(list.list_id) && list.owner === null,
  );
  return {
    operations: [...ended],
    lists: over,
    unfinished: [...open.map(({ operation_id }) => operation_id), ...waiting.map(({ list_id }) => list_id)],
    applying: open.length > 0,
  };
}

/** A list ends with the operation that it was made for; one that asks ends when everything came. */
function isOver(list: ListOfOperation, ended: ReadonlySet<string>, limit: string): boolean {
  const { owner, operation_id: last } = list;
  if (owner !== null) return ended.has(owner) && (last === null || ended.has(last));
  if (list.status !== 'completed') return false;
  return last === null ? (list.created_time ?? '') <= limit : ended.has(last);
}

/**
 * One operation or list by its id, also one that ended with failures.
 *
 * @throws BundleError `operation-unfinished`, `id-not-found`
 */
export function booksOf(archive: Archive, id: string): FinishedBooks {
  const { db, path } = archive;
  const known = hasListTables(db);
  const operation = known ? allOperations(db).find(({ operation_id }) => operation_id === id) : undefined;
  const list = known ? allLists(db).find(({ list_id }) => list_id === id) : undefined;
  if (operation === undefined && list === undefined)
    throw new BundleError('id-not-found', { params: { id, path } });
  const decisive =
    operation ?? allOperations(db).find(({ operation_id }) => operation_id === list!.operation_id);
  if (decisive?.status === 'pending' && !isExport(decisive.operation_id))
    throw new BundleError('operation-unfinished', { params: { id } });
  if (operation === undefined) return { ...NOTHING, lists: [id] };
  const own = allLists(db).filter(
    (row) =>
      row.owner === id || (row.owner === null && row.operation_id === id && row.status === 'completed'),
  );
  return { ...NOTHING, operations: [id], lists: own.map(({ list_id }) => list_id) };
}

/** Those of the operations that could be reverted as long as their books are there. */
export function revertable({ db }: Archive, operations: readonly string[]): string[] {
  if (!hasJournal(db)) return [];
  const isOver = db
    .prepare<[string], number>(
      `SELECT 1 FROM main.indabundle_journal WHERE operation = ? AND outcome IN ('reverted', 'cleaned')`,
    )
    .pluck();
  return operations.filter((id) => !isExport(id) && isOver.get(id) === undefined);
}

/** One that is half taken back is not finished: what is still to be removed is only in its books. */
function allOperations(db: Database.Database): OperationRow[] {
  const status = hasJournal(db)
    ? `CASE WHEN EXISTS (SELECT 1 FROM main.indabundle_journal WHERE operation = operation_id AND outcome = '${REVERTING}') THEN 'pending' ELSE status END`
    : 'status';
  return db
    .prepare<[], OperationRow>(
      `SELECT operation_id, ${status} AS status, end_time, coalesce(error_count, 0) AS error_count FROM main.sync_operations WHERE operation_id IS NOT NULL ORDER BY id`,
    )
    .all();
}

function allLists(db: Database.Database): ListOfOperation[] {
  const ofBundles = hasJournal(db) ? bundleLists(db) : new Map<string, ReadonlySet<string>>();
  const lists = db.prepare<[], ListRow>(
    'SELECT list_id, status, operation_id, created_time FROM main.sync_export_lists WHERE list_id IS NOT NULL ORDER BY id',
  );
  return lists.all().map((list) => ({ ...list, owner: ownerOf(list, ofBundles.get(list.list_id)) }));
}

/** Another bundle may answer what a list still lacks: then the list names that one's operation. */
function ownerOf({ list_id, operation_id }: ListRow, operations: ReadonlySet<string> = NONE): string | null {
  if (operation_id !== null && (operation_id === EXPORT_PREFIX + list_id || operations.has(operation_id)))
    return operation_id;
  return [...operations].at(-1) ?? null;
}

const NONE: ReadonlySet<string> = new Set();
