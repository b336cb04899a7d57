import type Database from 'better-sqlite3';
import { hasSyncTables } from '../archive/sync-tables.ts';
import { volumesApplied, volumesMissing } from '../archive/volume-registry.ts';
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

/** Null for a bundle that is no volume of a series. */
export function seriesState(db: Database.Database, { volume }: Manifest): SeriesState | null {
  const { number, count, export_id: exportId } = volume;
  if (count === 1) return null;
  const applied = hasSyncTables(db) ? volumesApplied(db, exportId, count) : [];
  return { exportId, number, count, applied, missing: volumesMissing(applied, count) };
}

/** True when an operation has changed rows of the user's: then there is a backup from before it, if one was wanted. */
export function hasChangedRows(db: Database.Database, operationId: string): boolean {
  const change = db.prepare(
    `SELECT 1 FROM indabundle_journal WHERE operation = ? AND sequence > 0 AND "table" NOT IN ('sync_files', 'files', 'sqlite_sequence') LIMIT 1`,
  );
  return change.get(operationId) !== undefined;
}
