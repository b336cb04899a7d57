import type Database from 'better-sqlite3';
import { siteImageId } from '../archive/identity.ts';
import type { Statements } from '../archive/statements.ts';
import type { ExportList, SyncStatus, SyncTables } from '../archive/sync-tables.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import type { ImageRecord, OmittedLine } from '../manifest/types.ts';
import type { ListKind } from './earlier-run.ts';

interface ListRow {
  readonly id: number;
  readonly status: string;
  readonly path: string;
}

/** Rows of one short transaction. */
const ROWS = 5000;

/** Stands in a list for a record that could not be read. */
const unknownPath = (ordinal: number) => `record_${ordinal + 1}`;

/** How a list may name a record: by content, or by address. */
export function listPaths(record: ImageRecord): string[] {
  const paths: string[] = [];
  const address = record.image.url ?? record.image.page_url;
  if (record.file) paths.push(`hash_${record.file.digest}`);
  if (address !== undefined) paths.push(`url_${address}`);
  return paths.length > 0 ? paths : ['url_'];
}

/** How a list may name what a bundle leaves out. */
export function omittedPaths(line: OmittedLine): string[] {
  const paths: string[] = [];
  if (line.digest !== undefined) paths.push(`hash_${line.digest}`);
  if (line.url !== undefined) paths.push(`url_${line.url}`);
  return paths;
}

/** The rows of one list in `sync_export_files`, and which record each of them stands for. */
export class ListBook {
  readonly #db: Database.Database;
  readonly #statements: Statements;
  readonly #sync: SyncTables;
  readonly #list: ExportList;
  #listed = 0;
  #kind: ListKind = 'own';

  constructor(db: Database.Database, statements: Statements, sync: SyncTables, list: ExportList) {
    this.#db = db;
    this.#statements = statements;
    this.#sync = sync;
    this.#list = list;
  }

  /** Adds the rows that are missing, one per record in order, as pending. A request has its own. */
  async complete(
    kind: ListKind,
    total: number,
    pathOf: (ordinal: number) => string | null,
    wait: WaitOptions,
  ): Promise<void> {
    if (kind === 'request') return;
    const count = this.#db.prepare('SELECT count(*) FROM sync_export_files WHERE list_id = ?');
    let next = Number(count.pluck().get(this.#sync.listReference(this.#list)));
    while (next < total) {
      const end = Math.min(next + ROWS, total);
      await immediately(
        this.#db,
        () => {
          for (; next < end; next += 1)
            this.#sync.addListFile(this.#list, null, pathOf(next) ?? unknownPath(next), 'pending');
        },
        wait,
      );
    }
  }

  /** Reads which row stands for which record; rows of a request are found by path, or by site image id. */
  read(kind: ListKind): void {
    const db = this.#db;
    this.#kind = kind;
    db.function('site_of_path', { deterministic: true }, siteOfPath);
    db.exec(`CREATE TEMP TABLE IF NOT EXISTS list_rows (id INTEGER PRIMARY KEY, record INTEGER, path TEXT, site TEXT, status TEXT);
             DELETE FROM temp.list_rows`);
    const [record, site] =
      kind === 'own'
        ? ['row_number() OVER (ORDER BY id) - 1', 'NULL']
        : ['NULL', 'site_of_path(export_path)'];
    db.prepare(`INSERT INTO temp.list_rows SELECT id, ${record},
                CASE WHEN export_path GLOB 'hash_*' THEN lower(export_path) ELSE export_path END, ${site}, status
                FROM main.sync_export_files WHERE list_id = ?`).run(this.#sync.listReference(this.#list));
    for (const column of ['record', 'path', 'site'])
      db.exec(`CREATE INDEX IF NOT EXISTS temp.list_rows_${column} ON list_rows (${column})`);
  }

  /** What failed is pending again; of a request only what this bundle brings will tell. */
  forgetFailures(): void {
    if (this.#kind === 'request') return;
    this.#db.exec(`UPDATE sync_export_files SET status = 'pending' WHERE status = 'error' AND id IN (SELECT id FROM temp.list_rows);
                   UPDATE temp.list_rows SET status = 'pending' WHERE status = 'error'`);
  }

  /** Completed is completed: a later record with the same content does not take it back. Returns what the rows ask for. */
  book(ordinal: number, record: ImageRecord | null, imageId: number | null, status: SyncStatus): string[] {
    const open = this.#rowsOf(ordinal, record).filter((row) => row.status !== 'completed');
    for (const row of open) {
      if (record !== null && row.path === unknownPath(ordinal))
        this.#sync.setListPath(row.id, listPaths(record)[0]!);
      this.#set(row.id, status, imageId);
    }
    return open.map(({ path }) => path);
  }

  /** Rows of a request that a bundle says it could not serve; returns what those that are failed now ask for. */
  bookUnserved(line: OmittedLine): string[] {
    if (this.#kind === 'own') return [];
    const site = line.url === undefined ? null : siteOfPath(`url_${line.url}`);
    const open = this.#requested(omittedPaths(line), site).filter((row) => row.status !== 'completed');
    for (const { id } of open) this.#set(id, 'error', null);
    return open.map(({ path }) => path);
  }

  #set(id: number, status: SyncStatus, imageId: number | null): void {
    this.#sync.setListFile(id, status, imageId);
    this.#statements.get('UPDATE temp.list_rows SET status = ? WHERE id = ?').run(status, id);
    if (status === 'completed') this.#listed += 1;
  }

  #rowsOf(ordinal: number, record: ImageRecord | null): ListRow[] {
    const byRecord = this.#statements
      .get<ListRow>('SELECT id, status, path FROM temp.list_rows WHERE record = ?')
      .all(ordinal);
    if (byRecord.length > 0 || record === null || this.#kind === 'own') return byRecord;
    const { url, page_url } = record.image;
    return this.#requested(listPaths(record), siteImageId({ url: url ?? null, pageUrl: page_url ?? null }));
  }

  #requested(paths: readonly string[], site: string | null): ListRow[] {
    const marks = paths.map(() => '?').join();
    return this.#statements
      .get<ListRow>(`SELECT id, status, path FROM temp.list_rows WHERE record IS NULL AND path IN (${marks})
                     UNION SELECT id, status, path FROM temp.list_rows WHERE record IS NULL AND site = ?`)
      .all(...paths, site);
  }

  /** Adds what was completed to the counter, at the end of the same transaction. */
  addUp(): void {
    if (this.#listed > 0) this.#sync.addToList(this.#list.list_id, this.#listed);
    this.#listed = 0;
  }

  /**
   * What is left open decides: nothing, only failures, or rows that another bundle may bring. Answers
   * whether rows of ours still wait: their records were in a part of the bundle that was lost.
   */
  finish(): boolean {
    const statuses = this.#db.prepare<[], string>('SELECT DISTINCT status FROM temp.list_rows').pluck().all();
    const open = statuses.filter((status) => status !== 'completed');
    const status: SyncStatus =
      open.length === 0 ? 'completed' : open.includes('pending') ? 'pending' : 'error';
    this.#sync.setList(this.#list.list_id, { status });
    return this.#kind === 'own' && status === 'pending';
  }
}

/** The site image id in an address that a list asks by. */
function siteOfPath(path: unknown): string | null {
  if (typeof path !== 'string' || !path.startsWith('url_')) return null;
  const address = path.slice('url_'.length);
  return siteImageId({ url: address, pageUrl: address });
}
