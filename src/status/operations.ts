import type Database from 'better-sqlite3';
import { REVERTED, REVERTING } from '../archive/revert-marks.ts';
import { hasJournal, type SyncStatus } from '../archive/sync-tables.ts';
import { isExport, volumesApplied, volumesMissing } from '../archive/volume-registry.ts';
import { OUTCOMES, type OutcomeTally } from '../merge/outcomes.ts';
import type { OperationStatus } from './types.ts';

interface OperationRow {
  readonly operationId: string;
  readonly source: string | null;
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly status: unknown;
  readonly total: number;
  readonly processed: number;
  readonly errors: number;
}

/** What the journal adds to an operation. */
interface Told {
  readonly outcomes: OutcomeTally;
  readonly reverted: boolean;
  readonly reverting: boolean;
  readonly seen: number;
  readonly count: number;
  /** Volumes of the series that were applied to their end. */
  readonly applied: readonly number[];
}

const SELECT = `SELECT operation_id AS operationId, source_db_path AS source, start_time AS startTime, end_time AS endTime,
  status, coalesce(total_files, 0) AS total, coalesce(processed_files, 0) AS processed, coalesce(error_count, 0) AS errors
  FROM main.sync_operations WHERE operation_id IS NOT NULL`;

/** The newest first. */
export function allOperations(db: Database.Database, most: number): OperationStatus[] {
  const rows = db.prepare<[number], OperationRow>(`${SELECT} ORDER BY id DESC LIMIT ?`).all(most);
  const told = toldByJournal(db);
  return rows.map((row) => operationOf(row, told(row.operationId)));
}

export function oneOperation(db: Database.Database, id: string): OperationStatus | null {
  const row = db.prepare<[string], OperationRow>(`${SELECT} AND operation_id = ?`).get(id);
  return row === undefined ? null : operationOf(row, toldByJournal(db)(id));
}

/** Anything that is neither done nor failed is still to be done. */
export function statusFrom(value: unknown): SyncStatus {
  return value === 'completed' || value === 'error' ? value : 'pending';
}

function operationOf(row: OperationRow, told: Told | null): OperationStatus {
  const packed = isExport(row.operationId);
  const isApply = !packed && told !== null && told.seen > 0;
  const isSeries = isApply && told.count > 1;
  return {
    ...row,
    kind: packed ? 'export' : isApply ? 'apply' : 'other',
    status: statusFrom(row.status),
    reverted: told?.reverted ?? false,
    reverting: told?.reverting ?? false,
    hereMeanwhile: 0,
    outcomes: isApply ? told.outcomes : null,
    volumes: isSeries
      ? {
          seen: told.seen,
          count: told.count,
          applied: told.applied,
          missing: volumesMissing(told.applied, told.count),
        }
      : null,
  };
}

interface OutcomeRow {
  readonly outcome: string | null;
  readonly count: number;
}

/** Bundles are registered under negative numbers, with the size of their series. */
function toldByJournal(db: Database.Database): (id: string) => Told | null {
  if (!hasJournal(db)) return () => null;
  const bundles = db.prepare<[string], { seen: number; count: number | null; exportId: string | null }>(
    'SELECT count(*) AS seen, max(record) AS count, max("column") AS exportId FROM main.indabundle_journal WHERE operation = ? AND sequence < 0',
  );
  const outcomes = db.prepare<[string], OutcomeRow>(
    `SELECT outcome, count(*) AS count FROM main.indabundle_journal
     WHERE operation = ? AND outcome IS NOT NULL GROUP BY outcome`,
  );
  return (id) => {
    const { seen, count, exportId } = bundles.get(id)!;
    if (seen === 0) return null;
    const counts = new Map(outcomes.all(id).map((row) => [row.outcome, row.count]));
    const applied = exportId === null || count === null ? [] : volumesApplied(db, exportId, count);
    return {
      outcomes: tallyOf(counts),
      reverted: counts.has(REVERTED) && !counts.has(REVERTING),
      reverting: counts.has(REVERTING),
      seen,
      count: count ?? seen,
      applied,
    };
  };
}

function tallyOf(counts: ReadonlyMap<string | null, number>): OutcomeTally {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, counts.get(outcome) ?? 0])) as OutcomeTally;
}
