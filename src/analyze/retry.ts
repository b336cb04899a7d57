import type Database from 'better-sqlite3';
import { asBundleError, BundleError } from '../base/errors.ts';
import { silent } from '../base/events.ts';
import { takeArchiveLock } from '../archive/archive-lock.ts';
import { locate, openToRead, openToWrite } from '../archive/open.ts';
import { type ExportList, hasListTables, SyncTables } from '../archive/sync-tables.ts';
import { immediately } from '../archive/transaction.ts';
import { openRemote, type RemoteKind } from '../holdings/open-remote.ts';
import { wantOf } from '../request-file/wants.ts';
import { alreadyHere, type FailedRow, imagesFor } from './already-here.ts';
import { askAll, notAsked } from './ask-all.ts';
import { requestOutput } from './asking.ts';
import { Offers } from './offers.ts';
import type { RetryOptions, RetryResult } from './options.ts';
import { checkRemotes, wantFor } from './remotes.ts';

/**
 * Asks others for what a list could not get: its failed rows move to new lists, one for each remote
 * that has something of it, and are shared out like any analysis. What nobody has stays failed.
 *
 * @throws BundleError `list-not-found`, and as `analyze`
 */
export async function retry(options: RetryOptions): Promise<RetryResult> {
  const started = performance.now();
  checkRemotes(options.remotes);
  const database = locate(options.db);
  const output = requestOutput(options, database);
  const offers = new Offers();
  try {
    const failed = failedRows(options, database);
    const here = await alreadyHere(failed, options);
    const wanted = failed.filter(({ id }) => !here.has(id));
    const remotes: Opened[] = [];
    const found = new Set<number>();
    for (const [number, path] of options.remotes.entries())
      remotes.push(await offerFrom(path, number, wanted, offers, found, options));
    const shares = offers.shareOut(remotes.length);
    if (!options.dryRun) await completeRows(here, options, database);
    const asked = options.dryRun
      ? shares.map(notAsked)
      : await askAll(shares, remotes, offers, output, options, (db, images) =>
          takeRows(db, options.listId, images),
        );
    return {
      dryRun: options.dryRun ?? false,
      listId: options.listId,
      failed: failed.length,
      hereMeanwhile: here.size,
      notFound: wanted.length - found.size,
      remotes: remotes.map((remote, at) => ({ ...remote, asked: asked[at]! })),
      seconds: (performance.now() - started) / 1000,
    };
  } catch (error) {
    throw asBundleError(error, database, options.signal);
  } finally {
    offers.close();
  }
}

function failedRows(options: RetryOptions, database: string): FailedRow[] {
  const archive = openToRead(options.db, { root: options.root, observer: options.observer });
  try {
    const notFound = () =>
      new BundleError('list-not-found', { params: { list: options.listId, path: database } });
    if (!hasListTables(archive.db)) throw notFound();
    const sync = new SyncTables(archive.db);
    const list = sync.list(options.listId);
    if (list === null) throw notFound();
    return archive.db
      .prepare<[string | number], FailedRow>(
        `SELECT id, CAST(export_path AS TEXT) AS path FROM sync_export_files WHERE list_id = ? AND status = 'error' ORDER BY id`,
      )
      .all(sync.listReference(list));
  } finally {
    archive.close();
  }
}

interface Opened {
  readonly remote: string;
  readonly kind: RemoteKind;
  readonly label: string | null;
}

async function offerFrom(
  path: string,
  number: number,
  wanted: readonly FailedRow[],
  offers: Offers,
  found: Set<number>,
  options: RetryOptions,
): Promise<Opened> {
  const { observer = silent, signal } = options;
  const { path: remote, kind, label, holdings } = await openRemote(path, { observer, signal });
  try {
    for (const row of wanted) {
      const want = wantOf(row.path);
      const image = want === null ? null : (imagesFor(holdings, want)[0] ?? null);
      const asking = image === null ? null : want?.kind === 'hash' ? row.path : wantFor(image);
      if (image === null || asking === null) continue;
      found.add(row.id);
      const { size, rank, author } = image;
      offers.add({
        image: String(row.id),
        want: asking,
        size,
        fits: want?.kind === 'hash',
        rank,
        author,
        remote: number,
      });
    }
  } finally {
    holdings.close();
  }
  return { remote, kind, label };
}

const ROWS = 1000;

async function completeRows(
  here: ReadonlySet<number>,
  options: RetryOptions,
  database: string,
): Promise<void> {
  if (here.size === 0) return;
  const lock = takeArchiveLock(database);
  const archive = openToWrite(database, { root: options.root, observer: options.observer });
  try {
    const ids = [...here];
    for (let at = 0; at < ids.length; at += ROWS) {
      await immediately(
        archive.db,
        () => {
          const sync = new SyncTables(archive.db);
          const rows = ids.slice(at, at + ROWS);
          for (const id of rows) sync.setListFile(id, 'completed', null);
          sync.addToList(options.listId, rows.length);
          closeList(archive.db, sync.list(options.listId)!);
        },
        { observer: options.observer, signal: options.signal, what: database },
      );
    }
  } finally {
    archive.close();
    lock.release();
  }
}

/** Rows that another list asks for now leave the old one, in the transaction that makes the new. */
function takeRows(db: Database.Database, listId: string, images: readonly string[]): void {
  const remove = db.prepare(`DELETE FROM sync_export_files WHERE id = ? AND status = 'error'`);
  let removed = 0;
  for (const id of images) removed += remove.run(Number(id)).changes;
  db.prepare(
    'UPDATE sync_export_lists SET total_files = max(0, coalesce(total_files, 0) - ?) WHERE list_id = ?',
  ).run(removed, listId);
  closeList(db, new SyncTables(db).list(listId)!);
}

/** A list that waits for nothing more is done. */
function closeList(db: Database.Database, list: ExportList): void {
  const sync = new SyncTables(db);
  const open = db
    .prepare(
      `SELECT 1 FROM sync_export_files WHERE list_id = ? AND coalesce(status, '') <> 'completed' LIMIT 1`,
    )
    .get(sync.listReference(list));
  if (open === undefined) sync.setList(list.list_id, { status: 'completed' });
}
