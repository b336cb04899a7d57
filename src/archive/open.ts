import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  closeSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type Database from 'better-sqlite3';
import { BundleError, systemCode } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import { hasDatabaseHead } from '../base/first-bytes.ts';
import { statusAt } from '../base/status-at.ts';
import { asCannotOpen } from './cannot-open.ts';
import { DATABASE_NAME, besides, checkPermission } from './database-files.ts';
import { checkIds, checkNewIds, giveKeys, lacksKeys } from './keys.ts';
import { firstDefect, isReadFailure } from './quick-check.ts';
import { openScratch } from './scratch.ts';
import { Shape } from './shape.ts';
import { Sqlite } from './sqlite.ts';
import { SYNC_COLUMNS } from './sync-schema.ts';

/** Columns without which an archive cannot be matched at all; the others may be missing. */
const NEEDED_COLUMNS = ['id', 'local_path'];
const IDENTIFYING_COLUMNS = ['url', 'page_url', 'sha256_hash'];

/** Milliseconds that SQLite itself waits for a lock; it blocks everything, so it is short. */
const BUSY_MILLISECONDS = 20;

/** Pages of write-ahead log before they are moved into the database: moving seldom is moving less. */
const CHECKPOINT_PAGES = 8000;

/** An opened `indafoto.db`, what its tables look like, and the folder that its paths start from. */
export interface Archive {
  readonly path: string;
  readonly root: string;
  readonly db: Database.Database;
  readonly shape: Shape;
  /** Working data that outgrows memory; see {@link openScratch}. */
  readonly scratch: Database.Database;
  close(): void;
}

export interface OpenOptions {
  readonly root?: string | undefined;
  readonly observer?: Observer | undefined;
}

/**
 * What is done where ids are no primary keys: the database is read from a copy that has them; it is
 * refused, as by whoever writes to it; or it is read as it is.
 */
export interface ReadOptions extends OpenOptions {
  readonly keys?: 'made' | 'needed' | 'as-they-are';
}

/**
 * Who works with a savepoint for each row has what they keep in memory: a file for each takes longer than all of
 * the row's writes. Temporary tables are in memory then, too: such work is to have none.
 */
export interface WriteOptions extends OpenOptions {
  readonly savepoints?: 'few' | 'many';
}

/**
 * Opens a database to read it in place, with what is in its `-wal`. Where SQLite cannot (a WAL
 * database in a read-only folder, a journal to roll back), the database is copied to a temporary folder
 * with what lies beside it.
 *
 * @throws BundleError `db-...`, `root-not-found`
 */
export function openToRead(path: string, options: ReadOptions = {}): Archive {
  const opened = openAsItIs(path, options);
  const { keys = 'made', observer = silent } = options;
  if (keys === 'made' && lacksKeys(opened.db, opened.shape)) return openWithKeys(opened, observer);
  if (keys === 'needed') checkToWrite(opened);
  return opened;
}

function openAsItIs(path: string, options: OpenOptions): Archive {
  const database = locate(path);
  const root = locateRoot(database, options.root);
  const observer = options.observer ?? silent;
  const before = besides(database);
  try {
    const db = new Sqlite(database, { readonly: true, fileMustExist: true, timeout: 5000 });
    return archive(database, root, db, () => sayWhatIsLeft(database, before, observer));
  } catch (error) {
    if (systemCode(error) !== 'SQLITE_CANTOPEN' && !/^SQLITE_READONLY/.test(systemCode(error)))
      throw asOpenError(error, database);
    return openCopy(database, root, observer);
  }
}

/** Whoever only reads a WAL database cannot remove what SQLite put beside it; another may be using it by now. */
function sayWhatIsLeft(database: string, before: readonly string[], observer: Observer): void {
  const isNew = besides(database).some((suffix) => !before.includes(suffix));
  if (isNew) observer({ type: 'notice', notice: 'wal-files-left', params: { path: database } });
}

/**
 * Opens a database to write to it.
 *
 * @throws BundleError `db-...`, `root-not-found`
 */
export function openToWrite(path: string, options: WriteOptions = {}): Archive {
  const database = locate(path);
  checkPermission(database);
  const root = locateRoot(database, options.root);
  try {
    const db = new Sqlite(database, { fileMustExist: true, timeout: BUSY_MILLISECONDS });
    const opened = archive(database, root, db);
    checkToWrite(opened);
    // Outside WAL a power cut after FULL may bring the journal back, and undo what photos were removed for.
    db.pragma('synchronous = EXTRA');
    if (options.savepoints === 'many') db.pragma('temp_store = MEMORY');
    db.pragma('cache_size = -16384');
    db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    return opened;
  } catch (error) {
    throw asOpenError(error, database);
  }
}

/** `path` itself, or the `indafoto.db` in it when it is a folder. */
export function locate(path: string): string {
  const full = resolve(path);
  const status = statusAt(full);
  if (status?.isDirectory()) return locate(join(full, DATABASE_NAME));
  if (!status?.isFile()) throw new BundleError('db-not-found', { params: { path: full } });
  return full;
}

function locateRoot(database: string, root: string | undefined): string {
  const folder = root === undefined ? dirname(database) : resolve(root);
  if (!statusAt(folder)?.isDirectory()) {
    throw new BundleError('root-not-found', { params: { path: folder } });
  }
  return folder;
}

function archive(
  path: string,
  root: string,
  db: Database.Database,
  afterClose: () => void = () => {},
): Archive {
  try {
    checkHead(path);
    const shape = Shape.read(db);
    checkTables(path, shape);
    checkIds(path, db, shape);
    const scratch = openScratch();
    const close = () => {
      if (!db.open) return;
      scratch.close();
      db.close();
      afterClose();
    };
    return { path, root, db, shape, scratch, close };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Before SQLite looks: where rubbish asks for a write-ahead log, it makes one, and leaves it. */
function checkHead(path: string): void {
  if (hasDatabaseHead(path)) return;
  const reason = statSync(path).size === 0 ? 'the file is empty' : 'it does not begin as one';
  throw new BundleError('db-not-sqlite', { params: { path, reason } });
}

function checkTables(path: string, shape: Shape): void {
  if (!shape.has('images')) throw new BundleError('db-no-images', { params: { path } });
  const missing = NEEDED_COLUMNS.filter((column) => !shape.hasColumn('images', column));
  if (!IDENTIFYING_COLUMNS.some((column) => shape.hasColumn('images', column)))
    missing.push(...IDENTIFYING_COLUMNS);
  if (missing.length > 0)
    throw new BundleError('db-columns-missing', { params: { path, columns: missing.join(', ') } });
  for (const [table, columns] of SYNC_COLUMNS) {
    const lacking = shape.has(table) ? columns.filter((column) => !shape.hasColumn(table, column)) : [];
    if (lacking.length > 0)
      throw new BundleError('db-books-unknown', { params: { path, table, columns: lacking.join(', ') } });
  }
}

/** @throws BundleError where rows that are added would get no id to count on */
function checkToWrite({ path, db, shape, close }: Archive): void {
  try {
    checkNewIds(path, db, shape);
  } catch (error) {
    close();
    throw error;
  }
}

function openCopy(database: string, root: string, observer: Observer): Archive {
  return openMade(database, root, (copy) => {
    copyFileSync(database, copy);
    for (const suffix of ['-wal', '-journal'])
      if (existsSync(database + suffix)) copyFileSync(database + suffix, copy + suffix);
    observer({ type: 'notice', notice: 'database-copied', params: { path: database } });
  });
}

/** Reads a copy with keys instead of a database that a program has copied without them. */
function openWithKeys({ path, root, db, shape, close }: Archive, observer: Observer): Archive {
  try {
    return openMade(path, root, (copy) => {
      db.prepare('VACUUM main INTO ?').run(copy);
      const keyed = new Sqlite(copy);
      try {
        giveKeys(keyed, shape, path);
      } finally {
        keyed.close();
      }
      observer({ type: 'notice', notice: 'keys-made', params: { path } });
    });
  } finally {
    close();
  }
}

/** Opens the copy of a database that `make` puts into a temporary folder; closing it removes it. */
function openMade(database: string, root: string, make: (copy: string) => void): Archive {
  const folder = mkdtempSync(join(tmpdir(), 'indabundle-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, basename(database));
    make(copy);
    const opened = archive(copy, root, new Sqlite(copy, { fileMustExist: true }), remove);
    return { ...opened, path: database };
  } catch (error) {
    remove();
    throw asOpenError(error, database);
  }
}

function asOpenError(error: unknown, path: string): unknown {
  if (error instanceof BundleError) return error;
  const code = systemCode(error);
  const options = { cause: error, params: { path, what: path } };
  if (code === 'SQLITE_NOTADB') return new BundleError('db-not-sqlite', options);
  if (/^SQLITE_CORRUPT/.test(code))
    return new BundleError(isDamaged(path) ? 'db-corrupt' : 'io-error', options);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return new BundleError('db-locked', options);
  if (/^SQLITE_READONLY/.test(code)) return new BundleError('db-read-only', options);
  if (/^SQLITE_(CANTOPEN|IOERR|FULL|NOMEM|PERM)|^E(IO|NOSPC|NXIO|NODEV|STALE|ACCES|PERM|ROFS)$/.test(code))
    return asCannotOpen(error, path, 'db-unreadable');
  if (/^(SQLITE_|E[A-Z]+$)/.test(code)) return new BundleError('db-unreadable', options);
  return error;
}

/** SQLite tells of a page of the schema that the disk did not give as of one that is wrong: a second look tells which. */
function isDamaged(path: string): boolean {
  try {
    const db = new Sqlite(path, { readonly: true, fileMustExist: true });
    try {
      const defect = firstDefect(db);
      return defect !== null && !isReadFailure(defect);
    } finally {
      db.close();
    }
  } catch (error) {
    return /^SQLITE_(CORRUPT|NOTADB)/.test(systemCode(error)) && isReadable(path);
  }
}

/** True when the disk gives all of a file. */
function isReadable(path: string): boolean {
  const piece = Buffer.alloc(1024 * 1024);
  try {
    const file = openSync(path, 'r');
    try {
      while (readSync(file, piece, 0, piece.length, null) > 0);
      return true;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/** @throws BundleError `db-corrupt` when SQLite's own check finds damage. */
export function quickCheck(archive: Archive): void {
  let defect: string | null;
  try {
    defect = firstDefect(archive.db);
  } catch (error) {
    throw asOpenError(error, archive.path);
  }
  if (defect === null) return;
  const code = isReadFailure(defect) ? 'io-error' : 'db-corrupt';
  throw new BundleError(code, { params: { path: archive.path, what: archive.path, reason: defect } });
}
