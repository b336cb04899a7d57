import type Database from 'better-sqlite3';
import type { LinkKind } from '../archive/link-tables.ts';
import type { Archive } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import type { Manifest, Tally } from '../manifest/types.ts';
import type { Counts } from './page-counts.ts';

const TOP = 50;
const LONGEST_NAME = 200;

/** Different names that are counted in memory before they go into a temporary table. */
const MOST_IN_MEMORY = 20_000;

/** What people know a tag, an album or a collection by. */
const SHOWN: { readonly [kind in LinkKind]: string } = {
  tags: 'name',
  albums: 'title',
  collections: 'title',
};

/** Counts what the pictures of a volume hold, while their records are made. */
export class SummaryTally {
  readonly #archive: Archive;
  readonly #counts = new Map<string, Map<unknown, number>>();
  readonly #insert: Database.Statement;
  #inMemory = 0;
  #first: string | null = null;
  #last: string | null = null;

  constructor(archive: Archive) {
    this.#archive = archive;
    archive.db.exec(`CREATE TEMP TABLE IF NOT EXISTS tallies (kind TEXT, name BLOB, images INTEGER, PRIMARY KEY (kind, name)) WITHOUT ROWID;
                     DELETE FROM temp.tallies`);
    this.#insert = archive.db.prepare(
      'INSERT INTO temp.tallies VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET images = images + excluded.images',
    );
  }

  add({ names, first, last }: Counts): void {
    for (const [kind, counts] of names) for (const [name, images] of counts) this.#count(kind, name, images);
    if (first !== null && (this.#first === null || first < this.#first)) this.#first = first;
    if (last !== null && (this.#last === null || last > this.#last)) this.#last = last;
    if (this.#inMemory >= MOST_IN_MEMORY) this.#flush();
  }

  #count(kind: string, name: unknown, images: number): void {
    let counts = this.#counts.get(kind);
    if (counts === undefined) this.#counts.set(kind, (counts = new Map()));
    const count = counts.get(name);
    if (count === undefined) this.#inMemory += 1;
    counts.set(name, (count ?? 0) + images);
  }

  #flush(): void {
    inTransaction(this.#archive.db, () => {
      for (const [kind, counts] of this.#counts)
        for (const [name, count] of counts) this.#insert.run(kind, storable(name), count);
    });
    this.#counts.clear();
    this.#inMemory = 0;
  }

  /** The same for the same archive, whatever the order of its rows. */
  summary(): Manifest['summary'] {
    this.#flush();
    return {
      authors: this.#column('author'),
      albums: this.#targets('albums'),
      collections: this.#targets('collections'),
      tags: this.#targets('tags'),
      licenses: this.#column('license'),
      dates: {
        ...(this.#first === null ? {} : { from: this.#first }),
        ...(this.#last === null ? {} : { to: this.#last }),
      },
    };
  }

  /** All that were counted, in the order of their bytes, for whom {@link summary} was told. */
  authors(): unknown[] {
    return this.#archive.db
      .prepare(`SELECT name FROM temp.tallies WHERE kind = 'author' ORDER BY CAST(name AS BLOB)`)
      .pluck()
      .all();
  }

  #column(kind: string): Tally {
    return this.#tally(
      kind,
      `SELECT name, images FROM temp.tallies WHERE kind = ? ORDER BY images DESC, CAST(name AS BLOB) LIMIT ${TOP}`,
    );
  }

  #targets(kind: LinkKind): Tally {
    if (!this.#archive.shape.hasColumn(kind, SHOWN[kind])) return { count: 0, top: [] };
    return this.#tally(
      kind,
      `SELECT coalesce(target.${SHOWN[kind]}, '') AS name, images FROM temp.tallies JOIN main.${kind} target ON target.id = tallies.name
       WHERE kind = ? ORDER BY images DESC, CAST(coalesce(target.${SHOWN[kind]}, '') AS BLOB), target.id LIMIT ${TOP}`,
    );
  }

  #tally(kind: string, top: string): Tally {
    const { db } = this.#archive;
    const count = Number(db.prepare('SELECT count(*) FROM temp.tallies WHERE kind = ?').pluck().get(kind));
    const rows = db.prepare<[string], { name: string; images: number }>(top).all(kind);
    return { count, top: rows.map(({ name, images }) => ({ name: shortName(String(name)), images })) };
  }
}

/** Whole numbers as integers: ids are looked up by them. */
function storable(name: unknown): unknown {
  return typeof name === 'number' && Number.isSafeInteger(name) ? BigInt(name) : name;
}

function shortName(name: string): string {
  const text = name.toWellFormed().replaceAll('\0', '');
  return text.length <= LONGEST_NAME ? text : `${text.slice(0, LONGEST_NAME).toWellFormed()}…`;
}
