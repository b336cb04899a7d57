import type Database from 'better-sqlite3';
import { Journal } from './journal.ts';
import { syncTime } from './sync-tables.ts';

/** What stands in an operation's journal while it is taken back, and once it is. */
export const REVERTING = 'reverting';
export const REVERTED = 'reverted';

/** From here on the operation is half taken back, until {@link markReverted}; no apply goes on with it. */
export function markReverting(db: Database.Database, operationId: string): void {
  mark(db, operationId, REVERTING, [REVERTING]);
}

/** The operation stays in the books, as one that was taken back; so do the steps that could not be. */
export function markReverted(db: Database.Database, operationId: string): void {
  mark(db, operationId, REVERTED, [REVERTING, REVERTED]);
}

function mark(db: Database.Database, operationId: string, outcome: string, instead: readonly string[]): void {
  const now = syncTime(new Date());
  db.prepare(`UPDATE main.sync_operations SET status = 'completed', end_time = ? WHERE operation_id = ?`).run(
    now,
    operationId,
  );
  const drop = db.prepare('DELETE FROM main.indabundle_journal WHERE operation = ? AND outcome = ?');
  for (const earlier of instead) drop.run(operationId, earlier);
  const step = { record: null, outcome, table: 'sync_operations', column: 'end_time', new: now };
  new Journal(db, operationId).add(step);
}
