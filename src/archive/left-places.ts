import type Database from 'better-sqlite3';
import type { Archive } from './open.ts';
import { hasJournal } from './sync-tables.ts';

/**
 * Paths that rows had before operations pointed them elsewhere, as the journal has them. Nothing
 * else may come to lie there: taking an operation back gives the row its path again.
 */
export class LeftPlaces {
  readonly #insert: Database.Statement<[number]>;
  readonly #find: Database.Statement<[number]>;

  private constructor(scratch: Database.Database) {
    scratch.exec('CREATE TABLE left_places (key INTEGER PRIMARY KEY)');
    this.#insert = scratch.prepare('INSERT OR IGNORE INTO left_places VALUES (?)');
    this.#find = scratch.prepare('SELECT 1 FROM left_places WHERE key = ?');
  }

  /** `keyOf` gives the `keyNumber` of a path. */
  static of({ db, scratch }: Archive, keyOf: (path: string) => number): LeftPlaces {
    const places = new LeftPlaces(scratch);
    if (!hasJournal(db)) return places;
    const paths = db
      .prepare<[], string>(
        `SELECT old FROM main.indabundle_journal WHERE "table" = 'images' AND "column" = 'local_path' AND coalesce(old, '') <> ''`,
      )
      .pluck();
    for (const path of paths.iterate()) places.add(keyOf(path));
    return places;
  }

  /** `key` is a `keyNumber` of the path: two may share one, and then a place is kept without need. */
  add(key: number): void {
    this.#insert.run(key);
  }

  has(key: number): boolean {
    return this.#find.get(key) !== undefined;
  }
}
