import { rmSync, statSync, truncateSync } from 'node:fs';
import { hostname } from 'node:os';
import type Database from 'better-sqlite3';
import { BundleError, type ErrorCode, systemCode } from '../base/errors.ts';
import { Sqlite } from './sqlite.ts';

/** Held until `release` is called or the process ends, however it ends. */
export interface Lock {
  release(): void;
}

/**
 * Takes a lock that the system frees when its holder dies: a write transaction on a small SQLite
 * file. The file also says who holds it, and is removed when the lock is given back.
 *
 * @throws BundleError `busyCode` when another process holds it
 */
export function takeLock(path: string, busyCode: ErrorCode & `${string}-locked`, subject: string): Lock {
  for (;;) {
    const db = openLockFile(path);
    const before = inode(path);
    if (!tryHold(db, path)) {
      const holder = readHolder(db);
      db.close();
      throw new BundleError(busyCode, { params: { path: subject, holder } });
    }
    if (before !== null && before === inode(path)) return { release: () => release(db, path) };
    db.close(); // somebody removed the file between opening and locking it
  }
}

function openLockFile(path: string): Database.Database {
  for (let tries = 0; ; tries += 1) {
    const db = new Sqlite(path, { timeout: 0 });
    try {
      db.pragma('journal_mode = MEMORY');
      db.prepare('SELECT count(*) FROM sqlite_master').get(); // tells whether it is one of SQLite's
      return db;
    } catch (error) {
      if (/^SQLITE_BUSY/.test(systemCode(error))) return db;
      db.close();
      if (tries > 0 || !isSpoilt(error)) throw asLockError(error, path);
      // Its writer was killed in the middle: the file is emptied, not removed, and a lock on it stays one.
      truncateSync(path);
    }
  }
}

const isSpoilt = (error: unknown) => /^SQLITE_(CORRUPT|NOTADB)/.test(systemCode(error));

/** A lock file that cannot be written says nothing about the user's database. */
function asLockError(error: unknown, path: string): unknown {
  return isSpoilt(error) ? new BundleError('io-error', { cause: error, params: { what: path } }) : error;
}

/** Writes the holder's name and commits, then holds a second transaction that lets others read. */
function tryHold(db: Database.Database, path: string): boolean {
  try {
    db.exec('BEGIN IMMEDIATE');
    db.exec('CREATE TABLE IF NOT EXISTS holder (name TEXT); DELETE FROM holder');
    db.prepare('INSERT INTO holder VALUES (?)').run(`process ${process.pid} on ${hostname()}`);
    commitPatiently(db);
    db.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (/^SQLITE_BUSY/.test(systemCode(error))) return false;
    db.close();
    throw asLockError(error, path);
  }
}

/** Others who look at the file for a moment keep a commit from its end, but never take the lock from us. */
function commitPatiently(db: Database.Database): void {
  for (let tries = 1; ; tries += 1) {
    try {
      db.exec('COMMIT');
      return;
    } catch (error) {
      if (!/^SQLITE_BUSY/.test(systemCode(error)) || tries === MOMENT.times) throw error;
      sleep(MOMENT.milliseconds);
    }
  }
}

const MOMENT = { milliseconds: 10, times: 50 };

/** Blocks everything: nothing else is to be done before the lock is there. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** A holder that has just come has the lock before its name is written: it is given a moment. */
function readHolder(db: Database.Database): string {
  for (let tries = 0; tries < MOMENT.times; tries += 1) {
    const name = writtenName(db);
    if (name !== null) return name;
    sleep(MOMENT.milliseconds);
  }
  return 'another process';
}

function writtenName(db: Database.Database): string | null {
  try {
    return db.prepare<[], string>('SELECT name FROM holder').pluck().get() ?? null;
  } catch {
    return null;
  }
}

function inode(path: string): bigint | null {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}

/** On Windows an open file cannot be removed: it is closed first there, and stays if somebody waits for it. */
function release(db: Database.Database, path: string): void {
  if (process.platform !== 'win32') rmSync(path, { force: true });
  db.close();
  if (process.platform === 'win32') {
    try {
      rmSync(path, { force: true });
    } catch {
      // another process has opened it meanwhile and holds it now
    }
  }
}

/** Whether somebody holds such a lock now; null for a file that is no lock of ours. Changes nothing. */
export function isLockHeld(path: string): boolean | null {
  let db: Database.Database;
  try {
    db = new Sqlite(path, { timeout: 0, fileMustExist: true });
  } catch {
    return null;
  }
  try {
    if (db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'holder'`).get() === undefined) return null;
    db.exec('BEGIN IMMEDIATE; ROLLBACK');
    return false;
  } catch (error) {
    return /^SQLITE_BUSY/.test(systemCode(error)) ? true : null;
  } finally {
    db.close();
  }
}
