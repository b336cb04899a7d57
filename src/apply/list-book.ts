import type Database from 'better-sqlite3';
import { siteImageId } from '../archive/identity.ts';
import type { Archive } from '../archive/open.ts';
import type { ExportList, SyncStatus, SyncTables } from '../archive/sync-tables.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import type { ImageRecord, OmittedLine } from '../manifest/types.ts';
import type { ListKind } from './earlier-run.ts';
import { OwnRows, unknownPath } from './own-rows.ts';
import { type ListRow, RequestedRows, siteOfPath } from './requested-rows.ts';

/** Rows of one short transaction. */
const ROWS = 5000;

/** Rows for records that damage kept from us: a manifest may name a thousand million of them in a few kilobytes. */
const MOST_LOST = 100_000;

/** What is known of a bundle's records before the list is made whole. */
export interface KnownRecords {
  readonly total: number;
  /** So many of them came. */
  readonly came: number;
  /** What those from one ordinal to before another ask for that have something to be done. */
  pathsOf(from: number, to: number): ReadonlyMap<number, string>;
  /** An earlier run finished it. */
  isDone(ordinal: number): boolean;
}

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
  readonly #scratch: Database.Database;
  readonly #sync: SyncTables;
  readonly #list: ExportList;
  #listed = 0;
  /** Some records have no row yet. */
  #isShort = false;
  #kind: ListKind = 'own';
  #own: OwnRows | null = null;
  #rows: RequestedRows | null = null;
  /** Rows of a request whose records have failed in this run. */
  readonly #failed = new Set<number>();

  constructor({ db, scratch }: Pick<Archive, 'db' | 'scratch'>, sync: SyncTables, list: ExportList) {
    this.#db = db;
    this.#scratch = scratch;
    this.#sync = sync;
    this.#list = list;
  }

  /** Adds the rows that are missing, one per record in order. A request has its own. */
  async complete(kind: ListKind, records: KnownRecords, wait: WaitOptions): Promise<void> {
    if (kind === 'request') return;
    const total = Math.min(records.total, records.came + MOST_LOST);
    this.#isShort = total < records.total;
    const count = this.#db.prepare('SELECT count(*) FROM sync_export_files WHERE list_id = ?');
    let next = Number(count.pluck().get(this.#sync.listReference(this.#list)));
    while (next < total) {
      const end = Math.min(next + ROWS, total);
      const paths = records.pathsOf(next, end);
      await immediately(
        this.#db,
        () => {
          for (; next < end; next += 1) this.#addRow(next, paths.get(next) ?? null, records.isDone(next));
          this.addUp();
        },
        wait,
      );
    }
  }

  #addRow(ordinal: number, path: string | null, isDone: boolean): void {
    // What is done and asks for something again is to be done again.
    const status = isDone && path === null ? 'completed' : 'pending';
    this.#sync.addListFile(this.#list, null, path ?? unknownPath(ordinal), status);
    if (status === 'completed') this.#listed += 1;
  }

  /** Reads which row stands for which record; rows of a request are found by path, or by site image id. */
  read(kind: ListKind): void {
    const db = this.#db;
    this.#kind = kind;
    if (kind === 'own') {
      this.#own = new OwnRows(db, this.#sync.listReference(this.#list));
      return;
    }
    this.#rows = new RequestedRows(this.#scratch, this.#requestedRows());
  }

  *#requestedRows(): Generator<ListRow> {
    const rows = this.#db.prepare<[string | number], ListRow>(
      `SELECT id, status, CASE WHEN export_path GLOB 'hash_*' THEN lower(export_path) ELSE CAST(export_path AS TEXT) END AS path
       FROM main.sync_export_files WHERE list_id = ?`,
    );
    yield* rows.iterate(this.#sync.listReference(this.#list));
  }

  /** What failed is pending again; of a request only what this bundle brings will tell. */
  forgetFailures(): void {
    if (this.#own === null) return;
    this.#db
      .prepare(`UPDATE sync_export_files SET status = 'pending' WHERE status = 'error' AND list_id = ?`)
      .run(this.#sync.listReference(this.#list));
    this.#own.forgetFailures();
  }

  /**
   * Completed is completed: a later record with the same content does not take it back. Returns what
   * the rows ask for, where they failed.
   */
  book(ordinal: number, record: ImageRecord | null, imageId: number | null, status: SyncStatus): string[] {
    if (this.#own !== null) return this.#bookOwn(this.#own, ordinal, record, imageId, status);
    const open = this.#rowsOf(record).filter((row) => row.status !== 'completed');
    for (const { id } of open) {
      this.#set(id, status, imageId);
      if (status === 'error') this.#failed.add(id);
    }
    return open.map(({ path }) => path);
  }

  #bookOwn(
    own: OwnRows,
    ordinal: number,
    record: ImageRecord | null,
    imageId: number | null,
    status: SyncStatus,
  ): string[] {
    const id = own.open(ordinal);
    if (id === null) return [];
    if (record !== null && own.becomesKnown(ordinal)) this.#sync.setListPath(id, listPaths(record)[0]!);
    this.#sync.setListFile(id, status, imageId);
    own.set(ordinal, status);
    if (status === 'completed') this.#listed += 1;
    return status === 'error' ? [own.path(id)] : [];
  }

  /**
   * Rows of a request that a bundle says it could not serve; returns what those that are failed now ask for.
   * Where a record without its file came instead, that has failed already.
   */
  bookUnserved(line: OmittedLine): string[] {
    if (this.#kind === 'own') return [];
    const site = line.url === undefined ? null : siteOfPath(`url_${line.url}`);
    const rows = this.#requested(omittedPaths(line), site);
    const open = rows.filter(({ id, status }) => status !== 'completed' && !this.#failed.has(id));
    for (const { id } of open) this.#set(id, 'error', null);
    return open.map(({ path }) => path);
  }

  #set(id: number, status: SyncStatus, imageId: number | null): void {
    this.#sync.setListFile(id, status, imageId);
    this.#rows?.set(id, status);
    if (status === 'completed') this.#listed += 1;
  }

  #rowsOf(record: ImageRecord | null): ListRow[] {
    if (record === null) return [];
    const { url, page_url } = record.image;
    return this.#requested(listPaths(record), siteImageId({ url: url ?? null, pageUrl: page_url ?? null }));
  }

  #requested(paths: readonly string[], site: string | null): ListRow[] {
    return this.#rows?.find(paths, site) ?? [];
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
    const statuses: readonly string[] = this.#own?.statuses ?? this.#rows?.statuses ?? [];
    const open = statuses.filter((status) => status !== 'completed');
    if (this.#isShort) open.push('pending');
    const status: SyncStatus =
      open.length === 0 ? 'completed' : open.includes('pending') ? 'pending' : 'error';
    this.#sync.setList(this.#list.list_id, { status });
    return this.#kind === 'own' && status === 'pending';
  }
}
