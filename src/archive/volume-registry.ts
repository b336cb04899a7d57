import type Database from 'better-sqlite3';

/**
 * Bundles of an operation stand in its journal under negative numbers: the bundle's id as key, the
 * export's as column, the volume's number as old value, and the size of the series as record.
 */

/** What stands in the registry for a bundle, and for one that was applied to its end. */
export const REGISTERED = 'bundle';
export const APPLIED = 'bundle-applied';

/** The exporter names its operations so. */
export const EXPORT_PREFIX = 'export-';

/** True of an operation that packed a bundle; null is a list that no operation has touched. */
export function isExport(operationId: string | null): boolean {
  return operationId?.startsWith(EXPORT_PREFIX) ?? false;
}

/** Digits of a bundle's id that the list bears that was made for it. */
const LIST_DIGITS = 16;

/** The id of the list that stands for a bundle here, when it answers no request of ours. */
export function listIdOf(bundleId: string): string {
  return bundleId.slice(0, LIST_DIGITS);
}

/** Lists that were made for bundles, each with the operations that these were applied by. */
export function bundleLists(db: Database.Database): Map<string, ReadonlySet<string>> {
  const rows = db
    .prepare<[], [list: string, operation: string]>(
      `SELECT substr("key", 1, ${LIST_DIGITS}), operation_id FROM main.sync_operations
       JOIN main.indabundle_journal journal ON journal.operation = sync_operations.operation_id AND journal.sequence < 0`,
    )
    .raw();
  const lists = new Map<string, Set<string>>();
  for (const [list, operation] of rows.iterate()) {
    const operations = lists.get(list);
    if (operations === undefined) lists.set(list, new Set([operation]));
    else operations.add(operation);
  }
  return lists;
}

/** Volumes of a series that were applied to their end, in order, whichever operation did it. */
export function volumesApplied(db: Database.Database, exportId: string, count: number): number[] {
  return db
    .prepare<[string, number, string], number>(
      `SELECT DISTINCT CAST(old AS INTEGER) FROM main.indabundle_journal
       WHERE sequence < 0 AND "column" = ? AND record = ? AND "table" = ? ORDER BY 1`,
    )
    .pluck()
    .all(exportId, count, APPLIED);
}

/** The rest of a series. */
export function volumesMissing(applied: readonly number[], count: number): number[] {
  const there = new Set(applied);
  return Array.from({ length: count }, (_, at) => at + 1).filter((number) => !there.has(number));
}

/** The bundle with this number in an operation was read and applied to its end. */
export function markApplied(db: Database.Database, operationId: string, number: number): void {
  const mark = db.prepare(
    'UPDATE main.indabundle_journal SET "table" = ? WHERE operation = ? AND sequence = ?',
  );
  mark.run(APPLIED, operationId, -1 - number);
}

/** What an operation had applied is taken back: its volumes are still to come. */
export function unmarkApplied(db: Database.Database, operationId: string): void {
  db.prepare(
    'UPDATE main.indabundle_journal SET "table" = ? WHERE operation = ? AND sequence < 0 AND "table" = ?',
  ).run(REGISTERED, operationId, APPLIED);
}
