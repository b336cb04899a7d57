import type Database from 'better-sqlite3';
import { KeyFilter } from './key-filter.ts';

/** New pairs that are kept in memory before they are sorted into the table. */
const MOST_RECENT = 32 * 1024;

/** Pairs of one statement. */
const AT_ONCE = 64;

const NOTHING: readonly number[] = [];

/**
 * Finds numbers by other numbers, of which there may be millions: in a table of the scratch database, with
 * a filter before it that answers nearly always at once when there is nothing to be found, and new pairs
 * going there by the thousand, in order.
 */
export class KeyIndex {
  readonly #scratch: Database.Database;
  readonly #table: string;
  readonly #filter: KeyFilter;
  readonly #recent = new Map<number, number | readonly number[]>();
  readonly #find: Database.Statement<[number], number>;
  readonly #insert: Database.Statement;
  readonly #insertMany: Database.Statement;
  #isTableEmpty = true;

  /** Makes `table`. `expected` is how many keys there will be, as far as anybody knows. */
  constructor(scratch: Database.Database, table: string, expected: number) {
    scratch.exec(`DROP TABLE IF EXISTS ${table};
      CREATE TABLE ${table} (key INTEGER, value INTEGER, PRIMARY KEY (key, value)) WITHOUT ROWID`);
    this.#scratch = scratch;
    this.#table = table;
    this.#filter = new KeyFilter(expected);
    this.#find = scratch
      .prepare<[number], number>(`SELECT value FROM ${table} WHERE key = ? ORDER BY value`)
      .pluck();
    const insert = (pairs: number) =>
      scratch.prepare(`INSERT OR IGNORE INTO ${table} VALUES ${Array(pairs).fill('(?, ?)').join()}`);
    this.#insert = insert(1);
    this.#insertMany = insert(AT_ONCE);
  }

  /** The numbers that were added under this key, each once, the lowest first. */
  find(key: number): readonly number[] {
    if (!this.#filter.mayHave(key)) return NOTHING;
    const recent = this.#recent.get(key) ?? NOTHING;
    const several = typeof recent === 'number' ? [recent] : recent;
    const stored = this.#isTableEmpty ? NOTHING : this.#find.all(key);
    if (stored.length === 0) return several;
    return several.length === 0 ? stored : [...new Set([...stored, ...several])].sort((a, b) => a - b);
  }

  add(key: number, value: number): void {
    this.#filter.mark(key);
    const recent = this.#recent.get(key);
    if (recent === undefined) this.#recent.set(key, value);
    else this.#recent.set(key, withValue(typeof recent === 'number' ? [recent] : recent, value));
    if (this.#recent.size >= MOST_RECENT) this.#flush();
  }

  /** Sorts very many pairs in, at once: `each` calls with every one of them. */
  async fill(each: (add: (key: number, value: number) => void) => Promise<void>): Promise<void> {
    const table = `unsorted_${this.#table}`;
    this.#scratch.exec(`CREATE TABLE ${table} (key INTEGER, value INTEGER)`);
    const insert = this.#scratch.prepare(`INSERT INTO ${table} VALUES (?, ?)`);
    await each((key, value) => {
      this.#filter.mark(key);
      this.#isTableEmpty = false;
      insert.run(key, value);
    });
    this.#scratch.exec(`INSERT OR IGNORE INTO ${this.#table} SELECT key, value FROM ${table} ORDER BY key, value;
      DROP TABLE ${table}`);
  }

  #flush(): void {
    const pairs: number[] = [];
    for (const key of Float64Array.from(this.#recent.keys()).sort()) {
      const values = this.#recent.get(key)!;
      for (const value of typeof values === 'number' ? [values] : values) pairs.push(key, value);
    }
    let at = 0;
    for (; at + AT_ONCE * 2 <= pairs.length; at += AT_ONCE * 2)
      this.#insertMany.run(pairs.slice(at, at + AT_ONCE * 2));
    for (; at < pairs.length; at += 2) this.#insert.run(pairs[at], pairs[at + 1]);
    this.#recent.clear();
    this.#isTableEmpty = false;
  }
}

function withValue(values: readonly number[], value: number): readonly number[] {
  return values.includes(value) ? values : [...values, value].sort((a, b) => a - b);
}
