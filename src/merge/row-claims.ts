import type Database from 'better-sqlite3';
import type { Digest } from '../base/digest.ts';

/** Rows of images that a record of the bundle is about, each with the content of the first such record. */
export class RowClaims {
  readonly #insert: Database.Statement<[number, string]>;
  readonly #digest: Database.Statement<[number], string>;

  constructor(scratch: Database.Database) {
    scratch.exec(`CREATE TABLE IF NOT EXISTS claimed_rows (id INTEGER PRIMARY KEY, digest TEXT);
                  DELETE FROM claimed_rows`);
    this.#insert = scratch.prepare('INSERT OR IGNORE INTO claimed_rows VALUES (?, ?)');
    this.#digest = scratch.prepare<[number], string>('SELECT digest FROM claimed_rows WHERE id = ?').pluck();
  }

  /** The row has this content now, or is to have it; the first one stays. */
  claim(id: number, digest: Digest): void {
    this.#insert.run(id, digest);
  }

  /** True when an earlier record with another content has claimed the row. */
  isOthers(id: number, digest: Digest | undefined): boolean {
    const claimed = this.#digest.get(id);
    return claimed !== undefined && claimed !== digest;
  }
}
