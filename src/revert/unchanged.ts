import type Database from 'better-sqlite3';
import { bindable } from '../archive/merge-rows.ts';

/** What was put into a row, by column. */
export type RowValues = { readonly [column: string]: string | number };

/** True when a row still holds what was put into it. SQLite compares as the column stores: a number that became text is the same. */
export function isUnchanged(db: Database.Database, table: string, id: number, values: RowValues): boolean {
  const columns = Object.keys(values);
  const same = columns.map((column) => `"${column}" IS ?`).join(' AND ');
  return (
    db
      .prepare(`SELECT 1 FROM main."${table}" WHERE rowid = ? AND ${same || '1'}`)
      .get(id, ...columns.map((column) => bindable(values[column]!))) !== undefined
  );
}
