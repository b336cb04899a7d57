import type Database from 'better-sqlite3';

/** Columns with a DEFAULT, and generated ones; the crawler's own tables have none in `images`. */
export function defaultedColumns(db: Database.Database, table: string): string[] {
  return db
    .prepare<[string], string>(
      `SELECT name FROM pragma_table_xinfo(?) WHERE name <> 'id' AND (dflt_value IS NOT NULL OR hidden IN (2, 3))`,
    )
    .pluck()
    .all(table);
}

/** True when a program of the database's owner looks at each new row of the table. */
export function hasInsertTrigger(db: Database.Database, table: string): boolean {
  const find = db.prepare(
    `SELECT 1 FROM main.sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE AND sql LIKE '%INSERT%'`,
  );
  return find.get(table) !== undefined;
}

/** True when the table cannot hold two rows with the same value in this column. */
export function hasUniqueIndex(db: Database.Database, table: string, column: string): boolean {
  const indexes = db
    .prepare<[string], { name: string }>('SELECT name FROM pragma_index_list(?) WHERE "unique" = 1')
    .all(table);
  return indexes.some(({ name }) => {
    const columns = db.prepare<[string], { name: string }>('SELECT name FROM pragma_index_info(?)').all(name);
    return columns.length === 1 && columns[0]!.name === column;
  });
}
