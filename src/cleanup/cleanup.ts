import { checkWhole } from '../base/option-ranges.ts';
import { asBundleError } from '../base/errors.ts';
import { silent } from '../base/events.ts';
import { takeArchiveLock } from '../archive/archive-lock.ts';
import { type Archive, locate, openToRead, openToWrite } from '../archive/open.ts';
import { dropRevertIndexes } from '../archive/revert-indexes.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import { booksOf, type FinishedBooks, finishedBooks, revertable } from './find-books.ts';
import { type StrayFile, strayFiles } from './find-files.ts';
import { LitterList } from './litter-list.ts';
import type { CleanupOptions, CleanupResult } from './options.ts';
import { countRows, endRevert, removeList, removeOperation } from './remove-books.ts';
import { removeFile, type ReplacedFile, ReplacedFiles } from './replaced-files.ts';

/** What goes, decided before anything does. */
interface CleanupPlan {
  readonly books: FinishedBooks;
  readonly files: readonly StrayFile[];
  readonly replaced: readonly ReplacedFile[];
  readonly litter: LitterList;
  readonly revertEnds: readonly string[];
}

/**
 * Removes what this program left behind and nobody needs: temporary and partial files, stale locks,
 * finished bookkeeping with the photos that it kept for a revert, backups of a chosen age. Nothing
 * that an unfinished operation needs.
 *
 * @throws BundleError `id-not-found`, `operation-unfinished`, `archive-locked`, `db-...`
 */
export async function cleanup(options: CleanupOptions): Promise<CleanupResult> {
  const started = performance.now();
  const database = locate(options.db);
  const lock = options.dryRun ? null : takeArchiveLock(database);
  try {
    const { root, observer } = options;
    const archive = options.dryRun
      ? openToRead(database, { root, observer, keys: 'needed' })
      : openToWrite(database, { root, observer });
    try {
      const plan = await makePlan(archive, options);
      if (!options.dryRun) await execute(archive, plan, { observer, signal: options.signal, what: database });
      return resultOf(plan, options, started);
    } finally {
      archive.close();
    }
  } catch (error) {
    throw asBundleError(error, database, options.signal);
  } finally {
    lock?.release();
  }
}

function resultOf(
  { litter, books, revertEnds }: CleanupPlan,
  options: CleanupOptions,
  started: number,
): CleanupResult {
  return {
    dryRun: options.dryRun ?? false,
    litter: litter.listed,
    counts: litter.counts,
    bytes: litter.bytes,
    rows: litter.rows,
    revertEnds,
    unfinished: books.unfinished,
    seconds: (performance.now() - started) / 1000,
  };
}

async function makePlan(archive: Archive, options: CleanupOptions): Promise<CleanupPlan> {
  const observer = options.observer ?? silent;
  checkWhole('--older-than', options.olderThan, [0, Number.MAX_SAFE_INTEGER]);
  observer({ type: 'phase', phase: 'plan' });
  const before = options.olderThan === undefined ? null : Date.now() - options.olderThan;
  const books = options.id === undefined ? finishedBooks(archive, before) : booksOf(archive, options.id);
  const files =
    options.id === undefined ? [...strayFiles(archive, { before, backups: !books.applying })] : [];
  const replacedFiles = new ReplacedFiles(archive);
  const replaced: ReplacedFile[] = [];
  for (const id of books.operations) replaced.push(...(await replacedFiles.of(id)));
  const litter = new LitterList();
  for (const { kind, path, bytes } of files) litter.add(kind, path, { bytes });
  for (const { path, bytes } of replaced) litter.add('replaced-file', path, { bytes });
  for (const id of books.operations)
    litter.add('operation', id, { rows: countRows(archive.db, id, 'operation') });
  for (const id of books.lists) litter.add('list', id, { rows: countRows(archive.db, id, 'list') });
  return { books, files, replaced, litter, revertEnds: revertable(archive, books.operations) };
}

/** First it is written down that reverting ends, then files go, then the rows that told of them. */
async function execute(
  { db }: Archive,
  { books, files, replaced }: CleanupPlan,
  wait: WaitOptions,
): Promise<void> {
  wait.observer?.({ type: 'phase', phase: 'finish' });
  for (const id of books.operations) await endRevert(db, id, wait);
  for (const { path } of [...files, ...replaced]) removeFile(path);
  for (const id of books.lists) await removeList(db, id, wait);
  for (const id of books.operations) await removeOperation(db, id, wait);
  await immediately(db, () => dropRevertIndexes(db), wait);
}
