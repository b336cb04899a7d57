import type Database from 'better-sqlite3';
import { LINK_KINDS, type LinkKind } from '../archive/link-tables.ts';
import type { Archive } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import type { Manifest, Tally } from '../manifest/types.ts';

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

/** What is counted of one image. */
export interface CountedImage {
  readonly author: unknown;
  readonly license: unknown;
  readonly takenDate: unknown;
  readonly uploadDate: unknown;
  /** Ids of tags, albums and collections. */
  readonly links: { readonly [kind in LinkKind]: readonly number[] };
}

const DAY = /^\d{4}-\d{2}-\d{2}/;

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

  add({ author, license, takenDate, uploadDate, links }: CountedImage): void {
    if (author !== null) this.#count('author', author);
    if (license !== null) this.#count('license', license);
    for (const kind of LINK_KINDS) for (const id of links[kind]) this.#count(kind, id);
    this.#addDate(takenDate === null || takenDate === '' ? uploadDate : takenDate);
    if (this.#inMemory >= MOST_IN_MEMORY) this.#flush();
  }

  #count(kind: string, name: unknown): void {
    let counts = this.#counts.get(kind);
    if (counts === undefined) this.#counts.set(kind, (counts = new Map()));
    const count = counts.get(name);
    if (count === undefined) this.#inMemory += 1;
    counts.set(name, (count ?? 0) + 1);
  }

  #addDate(date: unknown): void {
    if (typeof date !== 'string' || !DAY.test(date)) return;
    const day = date.slice(0, 10);
    if (this.#first === null || day < this.#first) this.#first = day;
    if (this.#last === null || day > this.#last) this.#last = day;
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
