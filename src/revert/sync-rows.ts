import type Database from 'better-sqlite3';
import { Statements } from '../archive/statements.ts';
import type { SyncTables } from '../archive/sync-tables.ts';

interface ListRow {
  readonly id: number;
  readonly list_id: string;
  readonly status: string;
  readonly operation_id: string | null;
}

const INDEXES = [
  ['indabundle_revert_files', 'sync_files'],
  ['indabundle_revert_lists', 'sync_export_files'],
] as const;

/**
 * The sync rows that name an image which is taken back: they lose it, and what the operation had
 * completed waits again. Foreign keys stay on, so this comes before the image's own row.
 */
export class SyncRows {
  readonly #statements: Statements;
  readonly #operation: string | number;
  readonly #operationId: string;
  /** Lists that were made for bundles: all others that no export made are requests. */
  readonly #bundleLists: ReadonlySet<string>;

  constructor(db: Database.Database, sync: SyncTables, operationId: string) {
    this.#statements = new Statements(db);
    this.#operationId = operationId;
    this.#operation = sync.operationReference(sync.operation(operationId)!);
    this.#bundleLists = new Set(bundleLists(db));
  }

  /** SQLite looks for children of every row that is deleted: without an index that takes hours at 500,000 rows. */
  static index(db: Database.Database): void {
    for (const [name, table] of INDEXES) db.exec(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} (image_id)`);
  }

  static dropIndex(db: Database.Database): void {
    for (const [name] of INDEXES) db.exec(`DROP INDEX IF EXISTS ${name}`);
  }

  /** The image's row is about to go. */
  forgetImage(id: number): void {
    this.reopenImage(id);
    this.#statements.get('UPDATE main.sync_export_files SET image_id = NULL WHERE image_id = ?').run(id);
    this.#statements.get('UPDATE main.sync_files SET image_id = NULL WHERE image_id = ?').run(id);
  }

  /** The image has no longer what the operation gave it. */
  reopenImage(id: number): void {
    for (const row of this.#listRows(id)) this.#reopen(row);
    const booked = this.#statements
      .get('DELETE FROM main.sync_files WHERE image_id = ? AND operation_id = ?')
      .run(id, this.#operation).changes;
    this.#statements
      .get(
        'UPDATE main.sync_operations SET processed_files = max(0, coalesce(processed_files, 0) - ?) WHERE operation_id = ?',
      )
      .run(booked, this.#operationId);
    const steps = `SELECT sequence FROM temp.booked WHERE image = ?`;
    this.#statements
      .get(`DELETE FROM main.indabundle_journal WHERE operation = ? AND sequence IN (${steps})`)
      .run(this.#operationId, id);
  }

  #listRows(id: number): ListRow[] {
    return this.#statements
      .get<ListRow>(`SELECT files.id, lists.list_id, files.status, lists.operation_id FROM main.sync_export_files files
                     JOIN main.sync_export_lists lists ON files.list_id IN (lists.list_id, lists.id) WHERE files.image_id = ?`)
      .all(id);
  }

  /** Several bundles may answer one request, which names the last of their operations only. */
  #waitsAgain(listId: string, operationId: string | null): boolean {
    if (operationId === this.#operationId) return true;
    return !operationId?.startsWith('export-') && !this.#bundleLists.has(listId);
  }

  #reopen({ id, list_id, status, operation_id }: ListRow): void {
    if (status !== 'completed' || !this.#waitsAgain(list_id, operation_id)) return;
    this.#statements
      .get(`UPDATE main.sync_export_files SET status = 'pending', image_id = NULL WHERE id = ?`)
      .run(id);
    this.#statements
      .get(
        `UPDATE main.sync_export_lists SET processed_files = max(0, coalesce(processed_files, 0) - 1), status = 'pending' WHERE list_id = ?`,
      )
      .run(list_id);
  }
}

/** A list bears the id of the bundle that it was made for, as far as it goes. */
function bundleLists(db: Database.Database): string[] {
  return db
    .prepare<[], string>(
      `SELECT substr("key", 1, 16) FROM main.sync_operations
       JOIN main.indabundle_journal journal ON journal.operation = sync_operations.operation_id AND journal.sequence < 0`,
    )
    .pluck()
    .all();
}

/** `temp.booked`: which step of the journal booked which image. */
export function loadBooked(db: Database.Database): void {
  db.exec(`DROP TABLE IF EXISTS temp.booked;
    CREATE TEMP TABLE booked (image INTEGER, sequence INTEGER, PRIMARY KEY (image, sequence)) WITHOUT ROWID;
    INSERT INTO temp.booked SELECT files.image_id, steps.sequence FROM temp.steps JOIN main.sync_files files ON files.id = CAST(steps."key" AS INTEGER)
      WHERE steps.outcome IS NOT NULL AND files.image_id IS NOT NULL`);
}
