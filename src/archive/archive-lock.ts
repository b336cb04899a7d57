import { asCannotOpen } from './cannot-open.ts';
import { type Lock, takeLock } from './lock.ts';

/** Lies beside the database while one of us changes the archive. */
const ARCHIVE_LOCK_SUFFIX = '.indabundle-lock';

/**
 * Keeps other runs of this program from changing the same archive; crawler and explorer go on.
 *
 * @throws BundleError `archive-locked`, `db-read-only`, `io-error`, `no-space`
 */
export function takeArchiveLock(database: string): Lock {
  try {
    return takeLock(`${database}${ARCHIVE_LOCK_SUFFIX}`, 'archive-locked', database);
  } catch (error) {
    throw asCannotOpen(error, database, 'db-read-only');
  }
}
