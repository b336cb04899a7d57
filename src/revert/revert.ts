import { asBundleError, BundleError } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import { takeArchiveLock } from '../archive/archive-lock.ts';
import { backupDatabase, backupName } from '../archive/backup.ts';
import { type Archive, locate, openToRead, openToWrite, quickCheck } from '../archive/open.ts';
import { hasSyncTables, SyncTables } from '../archive/sync-tables.ts';
import { isExport } from '../archive/volume-registry.ts';
import { previewRevert } from './preview.ts';
import type { RevertOptions, RevertResult } from './options.ts';
import { RevertRun } from './revert-run.ts';
import { Tally } from './tally.ts';

/**
 * Takes back what one apply added: rows, links, files, filled columns. What was changed since, or is
 * used by something else, stays and is named. Stopped in any way and run again, it goes on.
 *
 * @throws BundleError `operation-not-found`, `photos-not-there`, `archive-locked`, `db-...`, `io-error`, `interrupted`
 */
export async function revert(options: RevertOptions): Promise<RevertResult> {
  const started = performance.now();
  const database = locate(options.db);
  const lock = options.dryRun ? null : takeArchiveLock(database);
  try {
    const archive = open(options, database);
    try {
      const tally = new Tally();
      const backupPath = options.dryRun
        ? await preview(archive, options, tally)
        : await execute(archive, options, tally);
      return {
        dryRun: options.dryRun ?? false,
        operationId: options.operationId,
        ...tally.counts(),
        backupPath,
        seconds: (performance.now() - started) / 1000,
      };
    } finally {
      archive.close();
    }
  } catch (error) {
    throw asBundleError(error, database, options.signal);
  } finally {
    lock?.release();
  }
}

function open(options: RevertOptions, database: string): Archive {
  const { root, observer } = options;
  const archive = options.dryRun
    ? openToRead(database, { root, observer, keys: 'needed' })
    : openToWrite(database, { root, observer });
  try {
    if (!options.dryRun) quickCheck(archive);
    checkOperation(archive, options.operationId);
    return archive;
  } catch (error) {
    archive.close();
    throw error;
  }
}

function checkOperation({ db, path }: Archive, operationId: string): void {
  const found =
    hasSyncTables(db) && new SyncTables(db).operation(operationId) !== null && !isExport(operationId);
  if (!found || isCleaned(db, operationId))
    throw new BundleError('operation-not-found', { params: { operation: operationId, path } });
}

/** Cleaning up was begun: what reverting needs may be gone. */
function isCleaned(db: Archive['db'], operationId: string): boolean {
  return (
    db
      .prepare(`SELECT 1 FROM main.indabundle_journal WHERE operation = ? AND outcome = 'cleaned'`)
      .get(operationId) !== undefined
  );
}

async function preview(archive: Archive, options: RevertOptions, tally: Tally): Promise<null> {
  await previewRevert(archive, options.operationId, tally, options.observer ?? silent, options.signal);
  return null;
}

async function execute(archive: Archive, options: RevertOptions, tally: Tally): Promise<string | null> {
  const observer = options.observer ?? silent;
  const run = new RevertRun(archive, options.operationId, tally, {
    observer,
    signal: options.signal,
    what: archive.path,
  });
  await run.plan();
  const backupPath =
    run.hasSteps && options.backup !== false ? await backUp(archive, observer, options.signal) : null;
  await run.undo();
  return backupPath;
}

async function backUp(
  archive: Archive,
  observer: Observer,
  signal: AbortSignal | undefined,
): Promise<string> {
  observer({ type: 'phase', phase: 'backup', unit: 'bytes' });
  const target = backupName(archive.path, new Date());
  await backupDatabase(archive.path, target, observer, signal);
  observer({ type: 'notice', notice: 'backup-made', params: { path: target } });
  return target;
}
