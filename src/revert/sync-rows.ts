import type Database from 'better-sqlite3';
import { type Digest, parseDigest } from '../base/digest.ts';
import { Statements } from '../archive/statements.ts';
import type { SyncTables } from '../archive/sync-tables.ts';
import { bundleLists, isExport } from '../archive/volume-registry.ts';

interface ListRow {
  readonly id: number;
  readonly list_id: string;
  readonly status: string;
  readonly operation_id: string | null;
  readonly path: string | null;
}

/** What an image has once it is set back, as its row says; without a file it has nothing to say. */
export interface ImageLeft {
  readonly hasFile: boolean;
  readonly digest: Digest | null;
}

/**
 * The sync rows that name an image which is taken back: they lose it, and what the operation had
 * completed waits again. Foreign keys stay on, so this comes before the image's own row.
 */
export class SyncRows {
  readonly #statements: Statements;
  readonly #operation: string | number;
  readonly #operationId: string;
  /** Lists that were made for bundles: all others that no export made are requests. */
  readonly #bundleLists: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(db: Database.Database, sync: SyncTables, operationId: string) {
    this.#statements = new Statements(db);
    this.#operationId = operationId;
    this.#operation = sync.operationReference(sync.operation(operationId)!);
    this.#bundleLists = bundleLists(db);
  }

  /** The image's row is about to go. */
  forgetImage(id: number): void {
    this.reopenImage(id, { hasFile: false, digest: null });
    this.#statements.get('UPDATE main.sync_export_files SET image_id = NULL WHERE image_id = ?').run(id);
    this.#statements.get('UPDATE main.sync_files SET image_id = NULL WHERE image_id = ?').run(id);
  }

  /** The image has no longer what the operation gave it, but what it had before. */
  reopenImage(id: number, left: ImageLeft): void {
    for (const row of this.#listRows(id)) if (this.#waitsAgain(row, left)) this.#reopen(row);
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
      .get<ListRow>(`SELECT files.id, lists.list_id, files.status, lists.operation_id, CAST(files.export_path AS TEXT) AS path FROM main.sync_export_files files
                     JOIN main.sync_export_lists lists ON files.list_id IN (lists.list_id, lists.id) WHERE files.image_id = ?`)
      .all(id);
  }

  /** Several bundles may answer one request, and several operations apply one bundle: a list names the last of them only. */
  #waitsAgain({ list_id, status, operation_id, path }: ListRow, left: ImageLeft): boolean {
    if (status !== 'completed') return false;
    if (operation_id === this.#operationId) return true;
    if (isExport(operation_id)) return false;
    return this.#bundleLists.get(list_id)?.has(this.#operationId) ?? !isServed(path, left);
  }

  #reopen({ id, list_id }: ListRow): void {
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

/** True when the image has what a request asks for by this, all the same. */
function isServed(path: string | null, { hasFile, digest }: ImageLeft): boolean {
  if (!hasFile) return false;
  return path?.startsWith('hash_')
    ? digest !== null && parseDigest(path.slice('hash_'.length)) === digest
    : true;
}

/** `temp.booked`: which step of the journal booked which image. */
export function loadBooked(db: Database.Database): void {
  db.exec(`DROP TABLE IF EXISTS temp.booked;
    CREATE TEMP TABLE booked (image INTEGER, sequence INTEGER, PRIMARY KEY (image, sequence)) WITHOUT ROWID;
    INSERT INTO temp.booked SELECT files.image_id, steps.sequence FROM temp.steps JOIN main.sync_files files ON files.id = CAST(steps."key" AS INTEGER)
      WHERE steps.outcome IS NOT NULL AND files.image_id IS NOT NULL`);
}
