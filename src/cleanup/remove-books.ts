import type Database from 'better-sqlite3';
import { Journal } from '../archive/journal.ts';
import { hasJournal, SyncTables } from '../archive/sync-tables.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';

/** Rows of one short transaction. */
const BATCH = 5000;

/** From here on an operation cannot be reverted, even if cleaning it up is interrupted. */
export async function endRevert(
  db: Database.Database,
  operationId: string,
  wait: WaitOptions,
): Promise<void> {
  if (!hasJournal(db)) return;
  await immediately(db, () => new Journal(db, operationId).add({ record: null, outcome: 'cleaned' }), wait);
}

/** Removes an operation's rows a few thousand at a time, its own row last. */
export async function removeOperation(
  db: Database.Database,
  operationId: string,
  wait: WaitOptions,
): Promise<void> {
  const sync = new SyncTables(db);
  const operation = sync.operation(operationId);
  if (operation === null) return;
  await removeRows(db, 'sync_files', 'id', 'operation_id', sync.operationReference(operation), wait);
  // The mark that ends reverting has the last number: it goes last.
  if (hasJournal(db)) await removeRows(db, 'indabundle_journal', 'sequence', 'operation', operationId, wait);
  await immediately(
    db,
    () => {
      db.prepare('UPDATE main.sync_export_lists SET operation_id = NULL WHERE operation_id = ?').run(
        operationId,
      );
      db.prepare('DELETE FROM main.sync_operations WHERE id = ?').run(operation.id);
    },
    wait,
  );
}

export async function removeList(db: Database.Database, listId: string, wait: WaitOptions): Promise<void> {
  const sync = new SyncTables(db);
  const list = sync.list(listId);
  if (list === null) return;
  await removeRows(db, 'sync_export_files', 'id', 'list_id', sync.listReference(list), wait);
  if (hasJournal(db)) await removeRows(db, 'indabundle_journal', 'sequence', 'operation', listId, wait);
  await immediately(
    db,
    () => db.prepare('DELETE FROM main.sync_export_lists WHERE id = ?').run(list.id),
    wait,
  );
}

async function removeRows(
  db: Database.Database,
  table: string,
  id: string,
  key: string,
  value: string | number,
  wait: WaitOptions,
): Promise<void> {
  const remove = db.prepare(
    `DELETE FROM main.${table} WHERE ${key} = @value AND ${id} IN (SELECT ${id} FROM main.${table} WHERE ${key} = @value ORDER BY ${id} LIMIT ${BATCH})`,
  );
  for (;;) {
    wait.signal?.throwIfAborted();
    const { changes } = await immediately(db, () => remove.run({ value }), wait);
    if (changes < BATCH) return;
  }
}

/** Rows that an operation or a list has in the books. */
export function countRows(db: Database.Database, id: string, kind: 'operation' | 'list'): number {
  const sync = new SyncTables(db);
  const journal = hasJournal(db) ? count(db, 'indabundle_journal', 'operation', id) : 0;
  if (kind === 'operation')
    return (
      journal + 1 + count(db, 'sync_files', 'operation_id', sync.operationReference(sync.operation(id)!))
    );
  return journal + 1 + count(db, 'sync_export_files', 'list_id', sync.listReference(sync.list(id)!));
}

function count(db: Database.Database, table: string, key: string, value: string | number): number {
  return Number(db.prepare(`SELECT count(*) FROM main.${table} WHERE ${key} = ?`).pluck().get(value));
}
