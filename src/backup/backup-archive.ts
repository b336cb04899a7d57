import { rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { asBundleError, BundleError } from '../base/errors.ts';
import { silent } from '../base/events.ts';
import { freeBytes, maxFileBytes, lackOfRoom } from '../base/room.ts';
import { statusAt } from '../base/status-at.ts';
import { backupDatabase, backupName } from '../archive/backup.ts';
import { takeLock } from '../archive/lock.ts';
import { checkOutput } from '../archive/check-output.ts';
import { type Archive, openToRead, quickCheck } from '../archive/open.ts';
import type { BackupOptions, BackupResult } from './options.ts';

/**
 * Makes a checked copy of the database, as one state of it, while others go on using it. The photos
 * are not copied.
 *
 * @throws BundleError `db-...`, `output-...`, `no-space`, `file-too-large`, `io-error`, `interrupted`
 */
export async function backupArchive(options: BackupOptions): Promise<BackupResult> {
  const started = performance.now();
  const { observer, signal } = options;
  const archive = openToRead(options.db, { observer, keys: 'as-they-are' });
  const path = targetOf(archive.path, options.output);
  try {
    checkOutput(path, { force: options.force ?? false, isCopy: true, archive });
    const lock = takeLock(`${path}.lock`, 'output-locked', path);
    try {
      await copy(archive, path, { observer: observer ?? silent, signal });
    } finally {
      lock.release();
    }
    const images = Number(archive.db.prepare('SELECT count(*) FROM main.images').pluck().get());
    const seconds = (performance.now() - started) / 1000;
    return { database: archive.path, path, bytes: statSync(path).size, images, seconds };
  } catch (error) {
    throw asBundleError(error, path, options.signal);
  } finally {
    archive.close();
  }
}

/** A folder gets a file in it that is named as apply names its backups. */
function targetOf(database: string, output: string | undefined): string {
  const name = (folder: string) => backupName(join(folder, basename(database)), new Date());
  if (output === undefined) return name(dirname(database));
  const path = resolve(output);
  return statusAt(path)?.isDirectory() ? name(path) : path;
}

type Watch = {
  readonly observer: NonNullable<BackupOptions['observer']>;
  readonly signal: AbortSignal | undefined;
};

async function copy(archive: Archive, path: string, { observer, signal }: Watch): Promise<void> {
  observer({ type: 'phase', phase: 'check' });
  quickCheck(archive);
  checkRoom(archive, path);
  observer({ type: 'phase', phase: 'backup', total: databaseBytes(archive), unit: 'bytes' });
  await backupDatabase(archive.db.name, path, observer, signal);
  // They belonged to the file that was replaced.
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
}

/** @throws BundleError `file-too-large`, `no-space` */
function checkRoom(archive: Archive, path: string): void {
  const folder = dirname(path);
  const needed = databaseBytes(archive);
  const limit = maxFileBytes(folder);
  if (needed > limit) {
    const params = { what: basename(path), size: `${needed} bytes`, limit: `${limit} bytes`, path: folder };
    throw new BundleError('file-too-large', { params });
  }
  const free = freeBytes(folder);
  if (free >= 0 && free < needed)
    throw new BundleError('no-space', { params: lackOfRoom(path, needed, free) });
}

function databaseBytes({ db }: Archive): number {
  return Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true }));
}
