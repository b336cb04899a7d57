import { accessSync, constants, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isFolder } from '../base/output-path.ts';
import { BundleError } from '../base/errors.ts';

/** What the crawler calls its database. */
export const DATABASE_NAME = 'indafoto.db';

/** Files that SQLite keeps beside a database while it is in use, and after a crash. */
const BESIDES = ['-wal', '-shm', '-journal'];

/** A database, and what SQLite may keep beside it. */
export function filesOf(database: string): string[] {
  return ['', ...BESIDES].map((suffix) => database + suffix);
}

/** The same of whatever may be named as an archive: a database, or the folder that one is in. */
export function filesOfArchive(name: string): string[] {
  const path = resolve(name);
  return filesOf(isFolder(path) ? join(path, DATABASE_NAME) : path);
}

/** Those of them that are there. */
export function besides(database: string): string[] {
  return BESIDES.filter((suffix) => existsSync(database + suffix));
}

/**
 * SQLite would notice at the first write only, and leave files beside the database that are as protected.
 *
 * @throws BundleError `db-read-only`
 */
export function checkPermission(database: string): void {
  for (const path of filesOf(database).filter((one) => existsSync(one))) {
    try {
      accessSync(path, constants.W_OK);
    } catch (error) {
      throw new BundleError('db-read-only', { cause: error, params: { path } });
    }
  }
}
