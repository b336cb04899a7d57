import type Database from 'better-sqlite3';
import { Shape } from './shape.ts';
import { Sqlite } from './sqlite.ts';
import { Statements } from './statements.ts';

/** The archive as a thread reads it: by a connection of its own. */
export interface ThreadArchive {
  readonly db: Database.Database;
  readonly shape: Shape;
  readonly statements: Statements;
}

/** By the paths of the databases. */
const opened = new Map<string, ThreadArchive>();

/** Opens a database that the main thread reads, too, or returns the connection that this thread has. */
export function archiveAt(path: string): ThreadArchive {
  const known = opened.get(path);
  if (known) return known;
  const db = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  const archive = { db, shape: Shape.read(db), statements: new Statements(db) };
  opened.set(path, archive);
  return archive;
}

/** Whoever writes to the database next may want to be the only one. */
export interface LeaveJob {
  readonly leave: string;
}

export function leaveArchive({ leave: path }: LeaveJob): null {
  opened.get(path)?.db.close();
  opened.delete(path);
  return null;
}
