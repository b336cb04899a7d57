import type Database from 'better-sqlite3';
import { Sqlite } from './sqlite.ts';

/** KiB of pages kept in memory; the rest goes to a file that the system removes. */
const CACHE_KIB = 8 * 1024;

/** Larger than usual: some of the rows are long. */
const PAGE_BYTES = 16 * 1024;

/**
 * A database for working data that must not fill the memory: it lies in a temporary file without a
 * name, in one transaction that is never committed, so that writing to it costs next to nothing.
 * It is not part of the archive's transactions.
 */
export function openScratch(): Database.Database {
  const scratch = new Sqlite('');
  scratch.pragma(`page_size = ${PAGE_BYTES}`);
  scratch.pragma('journal_mode = OFF');
  scratch.pragma('synchronous = OFF');
  scratch.pragma('temp_store = FILE');
  scratch.pragma(`cache_size = -${CACHE_KIB}`);
  scratch.exec('BEGIN');
  return scratch;
}

/** Writes to temporary tables in one go: one by one, each write would be a transaction of its own. */
export function inTransaction(db: Database.Database, write: () => void): void {
  db.exec('BEGIN');
  try {
    write();
    db.exec('COMMIT');
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
