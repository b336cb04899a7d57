import type Database from 'better-sqlite3';
import { breathe } from '../base/breathe.ts';
import type { Digest } from '../base/digest.ts';
import { keyNumber } from '../archive/identity.ts';
import { KeyFilter } from '../archive/key-filter.ts';

/** Rows that are gone through in one go. */
const PAGE = 5000;

/** Finds out which contents several rows of `temp.survey` have, while it is filled: most have one of their own. */
export class DoubledContents {
  readonly #db: Database.Database;
  readonly #seen: KeyFilter;
  readonly #insert: Database.Statement;
  #isEmpty = true;

  constructor(db: Database.Database, expected: number) {
    db.exec('CREATE TEMP TABLE doubled (digest TEXT PRIMARY KEY, low INTEGER, high INTEGER) WITHOUT ROWID');
    this.#db = db;
    this.#seen = new KeyFilter(expected);
    this.#insert = db.prepare('INSERT OR IGNORE INTO temp.doubled (digest) VALUES (?)');
  }

  note(digest: Digest | null): void {
    if (digest === null) return;
    const key = keyNumber('digest', digest);
    if (!this.#seen.mayHave(key)) return this.#seen.mark(key);
    this.#insert.run(digest);
    this.#isEmpty = false;
  }

  /** Those that are sent with files of different sizes. */
  async ofSeveralSizes(): Promise<Digest[]> {
    if (this.#isEmpty) return [];
    const last = Number(this.#db.prepare('SELECT max(seq) FROM temp.survey').pluck().get());
    const measure = this.#db.prepare<[number, number]>(
      `INSERT INTO temp.doubled SELECT digest, min(size), max(size) FROM temp.survey
       WHERE seq >= ? AND seq < ? AND state = 'ok' AND why <> 'both' AND digest IN (SELECT digest FROM temp.doubled) GROUP BY digest
       ON CONFLICT DO UPDATE SET low = min(ifnull(low, excluded.low), excluded.low), high = max(ifnull(high, excluded.high), excluded.high)`,
    );
    for (let from = 1; from <= last; from += PAGE) {
      await breathe();
      measure.run(from, from + PAGE);
    }
    return this.#db.prepare<[], Digest>('SELECT digest FROM temp.doubled WHERE low < high').pluck().all();
  }
}
