import type Database from 'better-sqlite3';

interface ColumnInfo {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

/**
 * How the rows of a table are told apart, as the journal has it: by their rowids, or in a table
 * WITHOUT ROWID by what the columns of its primary key hold.
 */
export class RowKey {
  /** An expression: the key as text. */
  readonly text: string;
  /** A condition: the row whose key is bound as `@key`. */
  readonly is: string;
  /** True where SQLite numbers the rows. */
  readonly isNumber: boolean;
  /** Columns that are no other name of the rowid. */
  readonly columns: readonly string[];

  private constructor(text: string, isNumber: boolean, columns: readonly string[]) {
    this.text = text;
    this.is = isNumber ? 'rowid = CAST(@key AS INTEGER)' : `${text} = @key`;
    this.isNumber = isNumber;
    this.columns = columns;
  }

  static of(db: Database.Database, table: string): RowKey {
    const columns = db
      .prepare<[string], ColumnInfo>('SELECT name, type, pk FROM pragma_table_xinfo(?) WHERE hidden <> 1')
      .all(table);
    const keys = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
    if (lacksRowid(db, table)) {
      const parts = keys.map(({ name }) => quotedName(name)).join();
      return new RowKey(`json_array(${parts})`, false, columns.map(nameOf));
    }
    const isAlias = ({ type, pk }: ColumnInfo) => pk > 0 && keys.length === 1 && /^integer$/i.test(type);
    return new RowKey('CAST(rowid AS TEXT)', true, columns.filter((column) => !isAlias(column)).map(nameOf));
  }
}

/** A name as SQL has it. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function lacksRowid(db: Database.Database, table: string): boolean {
  const find = db.prepare(`SELECT 1 FROM pragma_table_list WHERE schema = 'main' AND name = ? AND wr = 1`);
  return find.get(table) !== undefined;
}

const nameOf = ({ name }: ColumnInfo) => name;
