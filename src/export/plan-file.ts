import { existsSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type Database from 'better-sqlite3';
import { systemCode } from '../base/errors.ts';
import { Sqlite } from '../archive/sqlite.ts';

/** KiB of pages kept in memory: rows are written and read in their order. */
const CACHE_KIB = 4 * 1024;

/** Larger than usual: shards are long. */
const PAGE_BYTES = 16 * 1024;

/** SQLite's own files beside a database. */
const COMPANIONS = ['', '-wal', '-shm', '-journal'];

/** A new database at `path`; '' for a temporary one that the system removes. Nothing of it is durable yet. */
export function createPlanFile(path: string): Database.Database {
  if (path !== '') removePlanFile(path);
  const db = new Sqlite(path);
  db.pragma(`page_size = ${PAGE_BYTES}`);
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = MEMORY'); // without any, a failed write is told as a damaged database
  db.pragma('synchronous = OFF');
  db.pragma(`cache_size = -${CACHE_KIB}`);
  return db;
}

/**
 * Makes what was committed durable; from now on each commit counts or does not, whatever happens.
 * The write-ahead log works without shared memory here, because nobody else opens the file: file
 * systems without it (FAT on a stick) do, too.
 */
export async function makePlanDurable(db: Database.Database, path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
}

/** Null where there is no file, none that SQLite can read, or none that `accepts` what is in it. */
export function reopenPlanFile(
  path: string,
  accepts: (db: Database.Database) => boolean,
): Database.Database | null {
  if (!existsSync(path)) return null;
  const db = new Sqlite(path);
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    if (accepts(db)) return db;
    db.close();
    return null;
  } catch (error) {
    db.close();
    if (/^SQLITE_(ERROR|NOTADB|CORRUPT)/.test(systemCode(error))) return null;
    throw error;
  }
}

export function removePlanFile(path: string): void {
  for (const suffix of COMPANIONS) rmSync(path + suffix, { force: true });
}
