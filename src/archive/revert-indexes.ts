import type Database from 'better-sqlite3';
import { LINK_KINDS, LINK_TABLES, type LinkKind } from './link-tables.ts';
import type { Shape } from './shape.ts';

interface RevertIndex {
  readonly name: string;
  readonly table: string;
  readonly column: string;
  /** The tables whose rows the column names. */
  readonly of: 'images' | LinkKind;
}

/**
 * SQLite looks for children of every row that is deleted, and so does a revert before it deletes one:
 * without an index that takes hours at 500,000 rows. They are there while a revert runs, and no longer.
 */
const INDEXES: readonly RevertIndex[] = [
  { name: 'indabundle_revert_files', table: 'sync_files', column: 'image_id', of: 'images' },
  { name: 'indabundle_revert_lists', table: 'sync_export_files', column: 'image_id', of: 'images' },
  ...LINK_KINDS.map((of) => {
    const { junction: table, column } = LINK_TABLES[of];
    return { name: `indabundle_revert_${of}`, table, column, of };
  }),
];

/** Statements that make the indexes which are of use where rows of these tables are taken back, each for a transaction of its own. */
export function revertIndexes(
  db: Database.Database,
  shape: Shape,
  changes: (table: RevertIndex['of']) => boolean,
): string[] {
  return INDEXES.filter(
    ({ table, column, of }) =>
      changes(of) && shape.hasColumn(table, column) && !leadsIndex(db, table, column),
  ).map(({ name, table, column }) => `CREATE INDEX IF NOT EXISTS main.${name} ON ${table} (${column})`);
}

/** Drops them all, also those of a revert that was killed. */
export function dropRevertIndexes(db: Database.Database): void {
  for (const { name } of INDEXES) db.exec(`DROP INDEX IF EXISTS main.${name}`);
}

function leadsIndex(db: Database.Database, table: string, column: string): boolean {
  const find = db.prepare(
    `SELECT 1 FROM pragma_index_list(?) list JOIN pragma_index_info(list.name) info ON info.seqno = 0 WHERE info.name = ? AND NOT list.partial`,
  );
  return find.get(table, column) !== undefined;
}
