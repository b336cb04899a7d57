import type Database from 'better-sqlite3';
import { siteImageId } from '../archive/identity.ts';
import { Statements } from '../archive/statements.ts';
import type { SyncStatus } from '../archive/sync-tables.ts';

/** A row of a list that somebody asked by. */
export interface ListRow {
  readonly id: number;
  readonly status: string;
  /** What it asks for. */
  readonly path: string;
}

/** The rows of a request, in the scratch database: found by what they ask for, or by site image id. */
export class RequestedRows {
  readonly #scratch: Database.Database;
  readonly #statements: Statements;

  constructor(scratch: Database.Database, rows: Iterable<ListRow>) {
    this.#scratch = scratch;
    this.#statements = new Statements(scratch);
    scratch.exec('CREATE TABLE list_rows (id INTEGER PRIMARY KEY, path TEXT, site TEXT, status TEXT)');
    const insert = scratch.prepare('INSERT INTO list_rows VALUES (?, ?, ?, ?)');
    for (const { id, path, status } of rows) insert.run(id, path, siteOfPath(path), status);
    for (const column of ['path', 'site'])
      scratch.exec(`CREATE INDEX list_rows_${column} ON list_rows (${column})`);
  }

  find(paths: readonly string[], site: string | null): ListRow[] {
    const marks = paths.map(() => '?').join();
    return this.#statements
      .get<ListRow>(`SELECT id, status, path FROM list_rows WHERE path IN (${marks})
                     UNION SELECT id, status, path FROM list_rows WHERE site = ?`)
      .all(...paths, site);
  }

  set(id: number, status: SyncStatus): void {
    this.#statements.get('UPDATE list_rows SET status = ? WHERE id = ?').run(status, id);
  }

  /** Every status that some row has. */
  get statuses(): string[] {
    return this.#scratch.prepare<[], string>('SELECT DISTINCT status FROM list_rows').pluck().all();
  }
}

/** The site image id in an address that a list asks by. */
export function siteOfPath(path: unknown): string | null {
  if (typeof path !== 'string' || !path.startsWith('url_')) return null;
  const address = path.slice('url_'.length);
  return siteImageId({ url: address, pageUrl: address });
}
