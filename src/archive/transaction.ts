import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { breathe } from '../base/breathe.ts';
import { BundleError, systemCode } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';

/** A failed insert of the crawler can hold the lock for minutes; after this we give up. */
const PATIENCE_MILLISECONDS = 5 * 60 * 1000;
const FIRST_PAUSE = 10;
const LONGEST_PAUSE = 250;
const SAY_AFTER = 2000;

export interface WaitOptions {
  readonly observer?: Observer | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What is locked, for messages. */
  readonly what?: string;
  /**
   * `later`: where the database has a write-ahead log, the commit does not wait for the disk. It is durable
   * with the next one that does, or with {@link syncLog}; until then a power cut may undo it as a whole.
   */
  readonly durable?: 'now' | 'later';
}

/**
 * Runs `work` in one `BEGIN IMMEDIATE` transaction and commits it. The wait for the lock does not
 * block anything else. An error inside rolls everything back and is thrown on: nothing of a
 * transaction survives half. Whoever comes while another transaction of the connection is open waits for it.
 *
 * @throws BundleError `db-locked` after five minutes
 */
export function immediately<T>(db: Database.Database, work: () => T, options: WaitOptions = {}): Promise<T> {
  const before = lastOf.get(db) ?? Promise.resolve();
  const done = before.then(() => transact(db, work, options));
  lastOf.set(
    db,
    done.catch(() => {}),
  );
  return done;
}

/** The last transaction of each connection: the next one begins behind it. */
const lastOf = new WeakMap<Database.Database, Promise<unknown>>();

async function transact<T>(db: Database.Database, work: () => T, options: WaitOptions): Promise<T> {
  if (options.durable !== 'later' || !hasLog(db)) return await transactNow(db, work, options);
  const usual = Number(db.pragma('synchronous', { simple: true }));
  db.pragma('synchronous = NORMAL');
  try {
    return await transactNow(db, work, options);
  } finally {
    db.pragma(`synchronous = ${usual}`);
  }
}

const hasLog = (db: Database.Database) => db.pragma('journal_mode', { simple: true }) === 'wal';

/** Makes what was committed to a database with a write-ahead log durable, without blocking anything. */
export async function syncLog(db: Database.Database): Promise<void> {
  if (!hasLog(db)) return; // every commit waited for the disk
  // The log lies beside the file itself, also where the database was named by a link to it.
  const file = db
    .prepare<[], string>(`SELECT file FROM pragma_database_list WHERE name = 'main'`)
    .pluck()
    .get()!;
  const log = await open(`${file}-wal`, 'r+').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null; // nothing was written yet
    throw error;
  });
  try {
    await log?.sync();
  } finally {
    await log?.close();
  }
}

async function transactNow<T>(db: Database.Database, work: () => T, options: WaitOptions): Promise<T> {
  await begin(db, options);
  try {
    const result = work();
    await commit(db, options);
    await breathe();
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

const begin = (db: Database.Database, options: WaitOptions) =>
  retryBusy(() => db.exec('BEGIN IMMEDIATE'), options);

/**
 * Outside WAL a reader can make even the commit wait. Whoever stops the work waits for it, too: what was
 * done is done, in memory as well, and giving it up here would leave books that say something else.
 */
const commit = (db: Database.Database, { observer, what = 'indafoto.db' }: WaitOptions) =>
  retryBusy(() => db.exec('COMMIT'), { observer, what });

async function retryBusy(attempt: () => void, options: WaitOptions): Promise<void> {
  let waited = 0;
  let said = false;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      attempt();
      return;
    } catch (error) {
      if (!/^SQLITE_BUSY/.test(systemCode(error))) throw error;
      if (waited >= PATIENCE_MILLISECONDS) {
        throw new BundleError('db-locked', { cause: error, params: { what: options.what ?? 'indafoto.db' } });
      }
    }
    if (waited >= SAY_AFTER && !said) {
      said = true;
      (options.observer ?? silent)({
        type: 'notice',
        notice: 'waiting-for-lock',
        params: { path: options.what ?? 'indafoto.db' },
      });
    }
    await sleep(pause, undefined, options.signal ? { signal: options.signal } : {});
    waited += pause;
  }
}

/** A number that changes when another connection commits. */
export function dataVersion(db: Database.Database): number {
  return Number(db.pragma('data_version', { simple: true }));
}
