import type Database from 'better-sqlite3';

const SQLITE_IOERR = 10;

/** What SQLite's own check says of a database: null when it is whole, else the first defect. */
export function firstDefect(db: Database.Database): string | null {
  const answer = String(db.pragma('quick_check(1)', { simple: true }));
  return answer === 'ok' ? null : answer;
}

/** The check reports a page that the disk did not give like one that is wrong. */
export function isReadFailure(defect: string): boolean {
  const code = /error code=(\d+)/.exec(defect)?.[1];
  return code !== undefined && (Number(code) & 0xff) === SQLITE_IOERR;
}
