import type Database from 'better-sqlite3';
import { bindable } from '../archive/row-inserter.ts';
import { quotedName, RowKey } from '../archive/row-key.ts';
import { Statements } from '../archive/statements.ts';

/** What was put into a row, by column. */
export type RowValues = { readonly [column: string]: string | number };

/** Rows of any table by their keys in the journal. */
export class TableRows {
  readonly #db: Database.Database;
  readonly #statements: Statements;
  readonly #keys = new Map<string, RowKey>();

  constructor(db: Database.Database) {
    this.#db = db;
    this.#statements = new Statements(db);
  }

  /** How the rows of a table are told apart. */
  keyOf(table: string): RowKey {
    const known = this.#keys.get(table);
    if (known !== undefined) return known;
    const key = RowKey.of(this.#db, table);
    this.#keys.set(table, key);
    return key;
  }

  exists(table: string, key: string): boolean {
    const sql = `SELECT 1 FROM main.${quotedName(table)} WHERE ${this.keyOf(table).is}`;
    return this.#statements.get(sql).get({ key }) !== undefined;
  }

  /**
   * True when a row still holds what was put into it, and nothing else. SQLite compares as the column
   * stores: a number that became text is the same.
   */
  isUnchanged(table: string, key: string, values: RowValues): boolean {
    const { is, columns } = this.keyOf(table);
    const same = columns.map((column) => `${quotedName(column)} IS ?`);
    const sql = `SELECT 1 FROM main.${quotedName(table)} WHERE ${[is, ...same].join(' AND ')}`;
    const bound = columns.map((column) => {
      const value = values[column];
      return value === undefined ? null : bindable(value);
    });
    return this.#statements.get(sql).get(...bound, { key }) !== undefined;
  }

  remove(table: string, key: string): void {
    this.#statements.get(`DELETE FROM main.${quotedName(table)} WHERE ${this.keyOf(table).is}`).run({ key });
  }
}
