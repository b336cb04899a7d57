import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Row } from '../../fixtures/archive-reader.ts';

/** Calls with a copy of an archive's database, so that the archive's folder stays as it is. */
export function withDatabaseCopy<T>(dir: string, use: (database: Database.Database) => T): T {
  const desk = mkdtempSync(join(tmpdir(), 'database-dump-'));
  try {
    for (const name of ['indafoto.db', 'indafoto.db-wal']) {
      if (existsSync(join(dir, name))) copyFileSync(join(dir, name), join(desk, name));
    }
    const database = new Database(join(desk, 'indafoto.db'), { fileMustExist: true });
    const answer = use(database);
    database.close();
    return answer;
  } finally {
    rmSync(desk, { recursive: true });
  }
}

/** All rows of an archive, by SQL, from a copy of its database. */
export function rowsOf<T = Row>(dir: string, sql: string): T[] {
  return withDatabaseCopy(dir, (database) => database.prepare<[], T>(sql).all());
}

/** Every row of every table, the sync tables and SQLite's own among them, by table name. */
export function databaseDump(dir: string): Map<string, Row[]> {
  return withDatabaseCopy(dir, (database) => {
    const names = database
      .prepare<[], string>(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
      .pluck()
      .all();
    return new Map(names.map((name) => [name, database.prepare<[], Row>(`SELECT * FROM "${name}"`).all()]));
  });
}

/** A dump without the books of synchronisation. */
export function dumpWithoutBooks(dir: string): Map<string, Row[]> {
  const books = /^(sync_|indabundle_|sqlite_)/;
  return new Map([...databaseDump(dir)].filter(([name]) => !books.test(name)));
}

/** Runs statements in an archive's database, as another program would. */
export function changeDatabase(dir: string, ...statements: readonly string[]): void {
  const database = new Database(join(dir, 'indafoto.db'));
  database.pragma('foreign_keys = OFF');
  for (const statement of statements) database.exec(statement);
  database.close();
}
