import { BundleError } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import { findsPhotos } from '../archive/any-file.ts';
import { type Archive, openToRead } from '../archive/open.ts';
import { hasListTables } from '../archive/sync-tables.ts';
import { archiveImages, type HeldImage } from '../holdings/archive-images.ts';
import { Holdings } from '../holdings/holdings.ts';
import { exportPath } from '../request-file/wants.ts';
import { type AnalyzeOptions, MOST_REMOTES } from './options.ts';

/** One's own archive as a set of images, and whom it does not want. */
export interface OwnHoldings {
  readonly path: string;
  readonly holdings: Holdings;
  readonly banned: ReadonlySet<string>;
}

/**
 * Reads what one has oneself; `onFailed` is told by what was asked in vain before.
 *
 * @throws BundleError `db-...`
 */
export async function readOwn(
  options: AnalyzeOptions,
  onFailed?: (want: string) => void,
): Promise<OwnHoldings> {
  const observer: Observer = options.observer ?? silent;
  const archive = openToRead(options.db, { root: options.root, observer });
  try {
    const filesThere = await findsPhotos(archive, observer, 'own-photos-believed');
    observer({ type: 'phase', phase: 'read', total: imageCount(archive), unit: 'records' });
    const holdings = await Holdings.load(
      counted(archiveImages(archive, filesThere, { signal: options.signal }), observer),
    );
    if (onFailed !== undefined) for (const want of failedWants(archive)) onFailed(want);
    return { path: archive.path, holdings, banned: bannedAuthors(archive) };
  } finally {
    archive.close();
  }
}

function imageCount(archive: Archive): number {
  return Number(archive.db.prepare('SELECT count(*) FROM main.images').pluck().get());
}

/** What rows of lists asked for and did not get. */
function failedWants({ db }: Archive): Iterable<string> {
  if (!hasListTables(db)) return [];
  const select = `SELECT DISTINCT CAST(export_path AS TEXT) FROM main.sync_export_files WHERE status = 'error' AND export_path IS NOT NULL`;
  return db.prepare<[], string>(select).pluck().iterate();
}

function bannedAuthors(archive: Archive): ReadonlySet<string> {
  if (!archive.shape.hasColumn('banned_authors', 'author')) return new Set();
  return new Set(archive.db.prepare<[], string>('SELECT author FROM main.banned_authors').pluck().all());
}

async function* counted(
  groups: AsyncIterable<readonly HeldImage[]>,
  observer: Observer,
): AsyncGenerator<readonly HeldImage[]> {
  let done = 0;
  for await (const images of groups) {
    yield images;
    done += images.length;
    observer({ type: 'progress', done });
  }
}

/** @throws BundleError `usage` */
export function checkRemotes(remotes: readonly string[]): void {
  if (remotes.length > 0 && remotes.length <= MOST_REMOTES) return;
  const problem =
    remotes.length === 0
      ? 'No other archive is named.'
      : `At most ${MOST_REMOTES} other archives can be compared at once.`;
  throw new BundleError('usage', { params: { problem, command: 'analyze' } });
}

/** How an archive is asked for an image of its own; null where neither digest nor address is known. */
export function wantFor({ digest, url, pageUrl }: HeldImage): string | null {
  if (digest !== null) return exportPath({ kind: 'hash', digest });
  const address = url ?? pageUrl;
  return address === null ? null : exportPath({ kind: 'url', url: address });
}

/** The same text for the same image, wherever it is said. */
export function imageKey({ site, url, pageUrl, digest }: HeldImage): string {
  if (site !== null) return `site ${site}`;
  return url ?? pageUrl ?? digest ?? '';
}
