import type Database from 'better-sqlite3';
import { hasJournal, SyncTables } from '../archive/sync-tables.ts';
import { EXPORT_PREFIX } from './operations.ts';
import type { Failure } from './types.ts';

/** Some of what failed, and how much it is in all. */
export interface Failures {
  readonly listed: readonly Failure[];
  readonly total: number;
}

const HASH = 'hash_';

/** What failed in one operation, with the reasons that were booked. */
export function operationFailures(db: Database.Database, operationId: string, most: number): Failures {
  const reference = operationReference(db, operationId);
  const where = `FROM main.sync_files WHERE operation_id = ? AND status = 'error'`;
  const rows = db.prepare<[string | number, number], Omit<Failure, 'operationId' | 'listId' | 'wanted'>>(
    `SELECT file_hash AS digest, file_path AS path, image_id AS imageId, error_message AS reason ${where} ORDER BY id LIMIT ?`,
  );
  const total = db.prepare<[string | number], number>(`SELECT count(*) ${where}`).pluck();
  const asked = askedFor(db, operationId);
  return {
    listed: rows.all(reference, most).map((row, at) => ({
      operationId,
      listId: null,
      wanted: asked[at] ?? null,
      ...row,
    })),
    total: total.get(reference)!,
  };
}

function operationReference(db: Database.Database, operationId: string): string | number {
  return new SyncTables(db).operationReference(operationId);
}

interface ListedRow {
  readonly listId: string;
  readonly wanted: string | null;
  readonly imageId: number | null;
}

/** Rows of one list that failed, or of all but those of our own exports: what can be asked of somebody else. */
export function listFailures(db: Database.Database, listId: string | null, most: number): Failures {
  const key = new SyncTables(db).listColumn;
  const which = listId === null ? `coalesce(lists.operation_id, '') NOT GLOB '${EXPORT_PREFIX}*'` : 'lists.list_id = ?';
  const from = `FROM main.sync_export_files files JOIN main.sync_export_lists lists ON lists.${key} = files.list_id
                WHERE files.status = 'error' AND ${which}`;
  const values = listId === null ? [] : [listId];
  const rows = db
    .prepare<unknown[], ListedRow>(
      `SELECT lists.list_id AS listId, files.export_path AS wanted, files.image_id AS imageId ${from} ORDER BY lists.id DESC, files.id LIMIT ?`,
    )
    .all(...values, most);
  const total = Number(db.prepare<unknown[]>(`SELECT count(*) ${from}`).pluck().get(...values));
  const reasons = reasonsFor(db, rows);
  return { listed: rows.map((row) => failureOf(row, reasons)), total };
}
