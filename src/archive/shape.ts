import type Database from 'better-sqlite3';

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
}

/** What tables a database has and which columns: the versions in the wild differ, also in order. */
export class Shape {
  /** Columns with their declared types. */
  readonly #tables: ReadonlyMap<string, ReadonlyMap<string, string>>;

  private constructor(tables: ReadonlyMap<string, ReadonlyMap<string, string>>) {
    this.#tables = tables;
  }

  static read(db: Database.Database): Shape {
    const names = db
      .prepare<[], { name: string }>(`SELECT name FROM main.sqlite_master WHERE type = 'table'`)
      .all();
    const columns = db.prepare<[string], ColumnInfo>('SELECT name, type FROM pragma_table_info(?)');
    const tables = names.map(
      ({ name }) => [name, new Map(columns.all(name).map((column) => [column.name, column.type]))] as const,
    );
    return new Shape(new Map(tables));
  }

  has(table: string): boolean {
    return this.#tables.has(table);
  }

  hasColumn(table: string, column: string): boolean {
    return this.#tables.get(table)?.has(column) ?? false;
  }

  /** In no particular order; empty for a table that is not there. */
  columns(table: string): string[] {
    return [...(this.#tables.get(table)?.keys() ?? [])];
  }

  /** As it was declared; '' where nothing was, or the column is not there. */
  typeOf(table: string, column: string): string {
    return this.#tables.get(table)?.get(column) ?? '';
  }

  /** `wanted` without what the table lacks, in the order of `wanted`. */
  select<T extends string>(table: string, wanted: readonly T[]): T[] {
    return wanted.filter((column) => this.hasColumn(table, column));
  }

  /** An expression for a column that may be missing: what it holds, bytes too, as text, or NULL, under its name. */
  text(table: string, column: string): string {
    return `${this.hasColumn(table, column) ? `CAST(${table}."${column}" AS TEXT)` : 'NULL'} AS "${column}"`;
  }
}
