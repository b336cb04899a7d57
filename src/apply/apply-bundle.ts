import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asBundleError } from '../base/errors.ts';
import { checkChoice, checkWhole, THREADS } from '../base/option-ranges.ts';
import { silent } from '../base/events.ts';
import { FindingList } from '../base/findings.ts';
import { findsPhotos } from '../archive/any-file.ts';
import { takeArchiveLock } from '../archive/archive-lock.ts';
import { type Archive, locate, openToRead, openToWrite, quickCheck } from '../archive/open.ts';
import { openBundle } from '../reading/open-bundle.ts';
import { stopInput } from '../reading/stop-input.ts';
import { alreadyApplied } from './already-applied.ts';
import { ApplyRun } from './apply-run.ts';
import { type ApplyOptions, type ApplyResult, CONFLICT_POLICIES, METADATA_CHOICES } from './options.ts';
import { proveFirst } from './prove-first.ts';
import { removeBundle } from './remove-bundle.ts';
import { checkReportPath } from './report.ts';

/**
 * Merges a bundle into an archive: plans first, then writes files, rows and statuses so that it can
 * be stopped at any moment and run again.
 *
 * @throws BundleError `bundle-not-acceptable` or `not-a-bundle` when nothing of it was applied;
 *   `db-...` for the archive; `io-error`, `no-space`, `archive-locked`, `interrupted`: run again to go on
 */
export async function applyBundle(options: ApplyOptions): Promise<ApplyResult> {
  const observer = options.observer ?? silent;
  checkWhole('--threads', options.threads, THREADS);
  checkChoice('--on-conflict', options.onConflict, CONFLICT_POLICIES);
  checkChoice('--metadata', options.metadata, METADATA_CHOICES);
  const findings = new FindingList((finding) => observer({ type: 'finding', finding }));
  const database = locate(options.db);
  if (options.report !== undefined) checkReportPath(options.report, database, options.input);
  stopInput(options.input, options.signal);
  const lock = options.dryRun ? null : takeArchiveLock(database);
  try {
    const archive = openArchive(options);
    try {
      const applied = await alreadyApplied(archive, options);
      if (applied !== null) return applied;
      if (options.dryRun !== true) makeReady(archive);
      if (options.strict) await proveFirst(options);
      return await applyOpened(archive, findings, options);
    } finally {
      archive.close();
    }
  } catch (error) {
    throw asBundleError(error, database, options.signal);
  } finally {
    lock?.release();
  }
}

async function applyOpened(
  archive: Archive,
  findings: FindingList,
  options: ApplyOptions,
): Promise<ApplyResult> {
  await findsPhotos(archive, options.observer ?? silent, 'own-photos-missing');
  const opened = await openBundle(options.input, findings);
  const run = new ApplyRun(archive, opened, findings, options);
  let result: ApplyResult;
  try {
    result = await run.run();
  } finally {
    await opened.reader.close();
  }
  const isToGo = options.removeWhenDone === true && opened.source !== null && run.isComplete;
  return isToGo ? { ...result, removed: removeDone(opened.label, run.photosLeft, options) } : result;
}

/** What is in a bundle only is not deleted with it. */
function removeDone(path: string, photosLeft: number, { observer = silent }: ApplyOptions): boolean {
  if (photosLeft === 0) return removeBundle(path, observer);
  observer({ type: 'notice', notice: 'bundle-kept', params: { path, count: photosLeft } });
  return false;
}

function openArchive({ db, root, observer, dryRun }: ApplyOptions): Archive {
  return dryRun
    ? openToRead(db, { root, observer, keys: 'needed' })
    : openToWrite(db, { root, observer, savepoints: 'many' });
}

function makeReady(archive: Archive): void {
  quickCheck(archive);
  removePartialBackups(archive.path);
}

/** A backup that was cut short is of no use; whoever made it is gone, since we hold the lock. */
function removePartialBackups(database: string): void {
  const folder = dirname(database);
  const prefix = `${basename(database)}.backup-`;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(prefix) && /\.part(-journal|-wal|-shm)?$/.test(name))
      rmSync(join(folder, name), { force: true });
  }
}
