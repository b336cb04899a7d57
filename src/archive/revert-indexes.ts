import type Database from 'better-sqlite3';
import { quotedName } from './row-key.ts';
import type { Shape } from './shape.ts';

/** A column by whose values rows of a table are looked for. */
export interface LookedForColumn {
  readonly table: string;
  readonly column: string;
}

const PREFIX = 'indabundle_revert_';

/** Of the books: rows that speak of an image which goes. */
const BOOKS: readonly LookedForColumn[] = ['sync_files', 'sync_export_files'].map((table) => ({
  table,
  column: 'image_id',
}));

/**
 * Statements that make the indexes a revert is in want of, each for a transaction of its own. SQLite looks
 * for children of every row that is deleted, and so does a revert before it deletes one: without an
 * index that takes hours at 500,000 rows. They are there while a revert runs, and no longer.
 */
export function revertIndexes(
  db: Database.Database,
  shape: Shape,
  columns: readonly LookedForColumn[],
): string[] {
  const books = BOOKS.filter(({ table, column }) => shape.hasColumn(table, column));
  const wanted = [...books, ...columns].filter(({ table, column }) => !leadsIndex(db, table, column));
  const statements = wanted.map(
    ({ table, column }) =>
      `CREATE INDEX IF NOT EXISTS main.${quotedName(`${PREFIX}${table}_${column}`)} ON ${quotedName(table)} (${quotedName(column)})`,
  );
  return [...new Set(statements)];
}

/** Drops them all, also those of a revert that was killed. */
export function dropRevertIndexes(db: Database.Database): void {
  const names = db
    .prepare<[], string>(
      `SELECT name FROM main.sqlite_master WHERE type = 'index' AND name GLOB '${PREFIX}*'`,
    )
    .pluck()
    .all();
  for (const name of names) db.exec(`DROP INDEX IF EXISTS main.${quotedName(name)}`);
}

function leadsIndex(db: Database.Database, table: string, column: string): boolean {
  const find = db.prepare(
    `SELECT 1 FROM pragma_index_list(?) list JOIN pragma_index_info(list.name) info ON info.seqno = 0 WHERE info.name = ? COLLATE NOCASE AND NOT list.partial`,
  );
  return find.get(table, column) !== undefined;
}
