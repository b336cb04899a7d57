import type Database from 'better-sqlite3';

interface ColumnInfo {
  readonly name: string;
  readonly pk: number;
}

/** What tables a database has and which columns: the versions in the wild differ, also in order. */
export class Shape {
  readonly #tables: ReadonlyMap<string, ReadonlySet<string>>;

  private constructor(tables: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#tables = tables;
  }

  static read(db: Database.Database): Shape {
    const names = db
      .prepare<[], { name: string }>(`SELECT name FROM main.sqlite_master WHERE type = 'table'`)
      .all();
    const columns = db.prepare<[string], ColumnInfo>('SELECT name, pk FROM pragma_table_info(?)');
    const tables = names.map(
      ({ name }) => [name, new Set(columns.all(name).map((column) => column.name))] as const,
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
    return [...(this.#tables.get(table) ?? [])];
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
