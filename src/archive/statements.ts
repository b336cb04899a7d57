import type Database from 'better-sqlite3';

/** Texts may name any choice of a table's columns: so many are kept, which is more than archives ever need. */
const MOST = 500;

/** Prepares each SQL text once: preparing costs more than running. */
export class Statements {
  readonly #db: Database.Database;
  readonly #prepared = new Map<string, Database.Statement<unknown[], unknown>>();

  constructor(db: Database.Database) {
    this.#db = db;
  }

  get<Row = unknown>(sql: string): Database.Statement<unknown[], Row> {
    const known = this.#prepared.get(sql);
    if (known) return known as Database.Statement<unknown[], Row>;
    const statement = this.#db.prepare<unknown[], unknown>(sql);
    if (this.#prepared.size >= MOST) this.#prepared.clear();
    this.#prepared.set(sql, statement);
    return statement as Database.Statement<unknown[], Row>;
  }
}
