import type Database from 'better-sqlite3';
import { hasSyncTables } from '../archive/sync-tables.ts';
import type { Manifest } from '../manifest/types.ts';

/** What the books say of the volumes of a series. */
export interface SeriesState {
  readonly exportId: string;
  readonly number: number;
  readonly count: number;
  /** Volumes that were applied to their end, whatever was found in them. */
  readonly applied: readonly number[];
  /** Volumes that are still to come. */
  readonly missing: readonly number[];
}

/** What stands in the registry for a bundle that was applied to its end. */
const APPLIED = 'bundle-applied';

/** Null for a bundle that is no volume of a series. Volumes count whichever operation applied them. */
export function seriesState(db: Database.Database, { volume }: Manifest): SeriesState | null {
  const { number, count, export_id: exportId } = volume;
  if (count === 1) return null;
  const applied = hasSyncTables(db)
    ? db
        .prepare<[string, number, string], number>(
          `SELECT DISTINCT CAST(old AS INTEGER) FROM indabundle_journal
           WHERE sequence < 0 AND "column" = ? AND record = ? AND "table" = ? ORDER BY 1`,
        )
        .pluck()
        .all(exportId, count, APPLIED)
    : [];
  const there = new Set(applied);
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter(
    (volumeNumber) => !there.has(volumeNumber),
  );
  return { exportId, number, count, applied, missing };
}

/** A bundle of an operation was read and applied to its end. */
export function markApplied(db: Database.Database, operationId: string, number: number): void {
  db.prepare('UPDATE indabundle_journal SET "table" = ? WHERE operation = ? AND sequence = ?').run(
    APPLIED,
    operationId,
    -1 - number,
  );
}

/** True when an operation has changed rows of the user's: then there is a backup from before it, if one was wanted. */
export function hasChangedRows(db: Database.Database, operationId: string): boolean {
  const change = db.prepare(
    `SELECT 1 FROM indabundle_journal WHERE operation = ? AND sequence > 0 AND "table" NOT IN ('sync_files', 'files', 'sqlite_sequence') LIMIT 1`,
  );
  return change.get(operationId) !== undefined;
}
