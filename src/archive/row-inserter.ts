import type Database from 'better-sqlite3';
import { systemCode } from '../base/errors.ts';
import { quotedName, RowKey } from './row-key.ts';
import { defaultedColumns, hasInsertTrigger } from './schema-rules.ts';
import { Statements } from './statements.ts';

type Cell = string | number;

/** What is put into a row, by column. */
export type RowValues = { readonly [column: string]: Cell };

/** A row that is in its table now. */
export interface InsertedRow {
  /** As {@link RowKey} has it. */
  readonly key: string;
  /** All that it holds, as JSON: whoever takes it back must tell it from what its owner has changed since. */
  readonly made: string;
}

interface Table {
  readonly key: RowKey;
  /** Columns that hold something although nobody gave it. */
  readonly given: readonly string[];
  /** Statements by the columns that they fill. */
  readonly texts: Map<string, string>;
}

/** Records may leave out any choice of columns. */
const MOST_TEXTS = 500;

/** Rules of the database's owner, a trigger or a constraint, kept a row out. */
export class RowRefused extends Error {
  constructor(reason: string) {
    super(`this database did not take a row: ${reason}`);
    this.name = 'RowRefused';
  }
}

/**
 * Does several writes or none of them, inside the caller's transaction; where a rule of the database
 * keeps one of them out, it answers with that. Any other error is thrown on.
 */
export type Attempt = <T>(work: () => T) => T | RowRefused;

export function attempts(db: Database.Database): Attempt {
  const inSavepoint = db.transaction((work: () => unknown) => work());
  return <T>(work: () => T) => {
    try {
      return inSavepoint(work) as T;
    } catch (error) {
      const refusal = refusalOf(error);
      // A rule may have taken the whole transaction back: then nothing may go on.
      if (refusal === null || !db.inTransaction) throw error;
      return refusal;
    }
  };
}

function refusalOf(error: unknown): RowRefused | null {
  if (error instanceof RowRefused) return error;
  const isRule = /^SQLITE_(CONSTRAINT|MISMATCH)/.test(systemCode(error));
  return isRule ? new RowRefused((error as Error).message) : null;
}

/** Inserts rows into tables that may have columns, defaults and triggers of their owner's. */
export class RowInserter {
  readonly #db: Database.Database;
  readonly #statements: Statements;
  readonly #tables = new Map<string, Table>();

  constructor(db: Database.Database) {
    this.#db = db;
    this.#statements = new Statements(db);
  }

  /** Null where a trigger of the owner's ignored the row. What must be unique takes no other row's place. */
  insert(name: string, values: RowValues): InsertedRow | null {
    const table = this.#table(name);
    const columns = Object.keys(values);
    const insert = this.#statements.get<string>(this.#sql(name, table, columns));
    const bound = columns.map((column) => bindable(values[column]!));
    const key = table.key.isNumber ? numberOf(insert.run(...bound)) : insert.pluck().get(...bound);
    if (key === null || key === undefined) return null;
    const { given } = table;
    // A trigger may have altered what was put in.
    const made = given.length === 0 ? values : { ...values, ...this.#held(name, table.key, given, key) };
    return { key, made: JSON.stringify(made) };
  }

  /** The same text for the same columns: writing it anew would cost as much as running it. */
  #sql(name: string, { key, texts }: Table, columns: readonly string[]): string {
    const which = columns.join();
    const known = texts.get(which);
    if (known !== undefined) return known;
    const names = columns.map(quotedName).join(', ');
    const marks = columns.map(() => '?').join(', ');
    const insert = `INSERT OR ABORT INTO main.${quotedName(name)} (${names}) VALUES (${marks})`;
    const sql = key.isNumber ? insert : `${insert} RETURNING ${key.text}`;
    if (texts.size >= MOST_TEXTS) texts.clear();
    texts.set(which, sql);
    return sql;
  }

  #table(name: string): Table {
    const known = this.#tables.get(name);
    if (known !== undefined) return known;
    const key = RowKey.of(this.#db, name);
    const given = hasInsertTrigger(this.#db, name)
      ? key.columns
      : defaultedColumns(this.#db, name).filter((column) => key.columns.includes(column));
    const table = { key, given, texts: new Map() };
    this.#tables.set(name, table);
    return table;
  }

  #held(table: string, key: RowKey, columns: readonly string[], row: string): Record<string, Cell> {
    const names = columns.map(quotedName).join(', ');
    const select = this.#statements.get<Record<string, unknown>>(
      `SELECT ${names} FROM main.${quotedName(table)} WHERE ${key.is}`,
    );
    return without(select.get({ key: row }) ?? {});
  }
}

function numberOf({ changes, lastInsertRowid }: Database.RunResult): string | null {
  return changes === 0 ? null : String(lastInsertRowid);
}

/** A row's values without NULLs, and without bytes, which no journal holds. */
function without(values: { readonly [column: string]: unknown }): Record<string, Cell> {
  const cells = Object.entries(values).filter(
    (pair): pair is [string, Cell] => typeof pair[1] === 'string' || typeof pair[1] === 'number',
  );
  return Object.fromEntries(cells);
}

/** A JavaScript number bound to a TEXT column would be stored as '123.0'; a whole number goes as an integer. */
export function bindable(value: Cell): Cell | bigint {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}
