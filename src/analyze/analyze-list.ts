import { BundleError } from '../base/errors.ts';
import { openToRead } from '../archive/open.ts';
import { hasListTables, type SyncStatus, SyncTables } from '../archive/sync-tables.ts';

export interface ListOptions {
  readonly db: string;
  readonly root?: string;
  readonly listId: string;
}

/** What a list asks for and what came of it. */
export interface ListStatistics {
  readonly listId: string;
  readonly createdTime: string | null;
  readonly status: SyncStatus;
  /** Whom it was asked of, where we wrote it down. */
  readonly askedOf: string | null;
  readonly total: number;
  readonly pending: number;
  readonly completed: number;
  readonly errors: number;
  /** Rows that ask by content, by address, and in ways that nobody understands. */
  readonly byHash: number;
  readonly byUrl: number;
  readonly unclear: number;
}

interface Counts {
  readonly total: number;
  readonly pending: number;
  readonly completed: number;
  readonly errors: number;
  readonly byHash: number;
  readonly byUrl: number;
}

/** Statistics of a list of ours or of the Python scripts. @throws BundleError `list-not-found`, `db-...` */
export function analyzeList(options: ListOptions): ListStatistics {
  const archive = openToRead(options.db, { root: options.root });
  const { db } = archive;
  try {
    const notFound = () =>
      new BundleError('list-not-found', { params: { list: options.listId, path: archive.path } });
    if (!hasListTables(db)) throw notFound();
    const sync = new SyncTables(db);
    const list = sync.list(options.listId);
    if (list === null) throw notFound();
    const sum = (condition: string) => `coalesce(sum(${condition}), 0)`;
    const counts = db
      .prepare<[string | number], Counts>(
        `SELECT count(*) AS total, ${sum(`status = 'completed'`)} AS completed, ${sum(`status = 'error'`)} AS errors,
                count(*) - ${sum(`status IN ('completed', 'error')`)} AS pending,
                ${sum(`export_path GLOB 'hash_*'`)} AS byHash, ${sum(`export_path GLOB 'url_*'`)} AS byUrl
         FROM sync_export_files WHERE list_id = ?`,
      )
      .get(sync.listReference(list))!;
    const createdTime = db
      .prepare<[string], string>('SELECT created_time FROM sync_export_lists WHERE list_id = ?')
      .pluck()
      .get(options.listId);
    return {
      listId: list.list_id,
      createdTime: createdTime ?? null,
      status: list.status,
      askedOf: sync.askedOf(list.list_id),
      ...counts,
      unclear: counts.total - counts.byHash - counts.byUrl,
    };
  } finally {
    archive.close();
  }
}
