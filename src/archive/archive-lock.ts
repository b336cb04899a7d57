import { BundleError } from '../base/errors.ts';
import { type Lock, takeLock } from './lock.ts';

/** Lies beside the database while one of us changes the archive. */
export const ARCHIVE_LOCK_SUFFIX = '.indabundle-lock';

/**
 * Keeps other runs of this program from changing the same archive; crawler and explorer go on.
 *
 * @throws BundleError `archive-locked`, `db-read-only`
 */
export function takeArchiveLock(database: string): Lock {
  try {
    return takeLock(`${database}${ARCHIVE_LOCK_SUFFIX}`, 'archive-locked', database);
  } catch (error) {
    if (error instanceof BundleError) throw error;
    throw new BundleError('db-read-only', { cause: error, params: { path: database } });
  }
}
