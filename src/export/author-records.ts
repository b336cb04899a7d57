import { MAX_DETAILS } from '../base/limits.ts';
import { isForbiddenKey } from '../base/strict-json.ts';
import type { Archive } from '../archive/open.ts';
import type { AuthorRecord } from '../manifest/types.ts';
import { TravellingTexts } from './travelling-text.ts';

type Row = { readonly [column: string]: unknown };

/** Columns of `author_details` that a record can name. */
const DETAIL = /^[a-z][a-z0-9_]{0,63}$/;

/** Makes records of the authors whose pictures travel. */
export class AuthorRecords {
  readonly texts = new TravellingTexts();
  readonly #archive: Archive;
  readonly #includePersonal: boolean;
  /** Whose row does not travel as it is: a series may have them in each volume, and they count once. */
  readonly #counted = new Set<string>();

  constructor(archive: Archive, options: { readonly includePersonal: boolean }) {
    this.#archive = archive;
    this.#includePersonal = options.includePersonal;
  }

  /** The `author_details` rows, and on request the favourites, of authors that are given as their images name them. */
  *of(authors: Iterable<unknown>): Generator<AuthorRecord> {
    const { db, shape } = this.#archive;
    const details = shape.hasColumn('author_details', 'author')
      ? db.prepare<[unknown], Row>('SELECT * FROM main.author_details WHERE author = ?')
      : null;
    const favorite =
      this.#includePersonal && shape.hasColumn('favorite_authors', 'author_name')
        ? db.prepare('SELECT 1 FROM main.favorite_authors WHERE author_name = ?')
        : null;
    for (const author of authors) {
      const row = details?.get(author);
      const isFavorite = favorite?.get(author) !== undefined && favorite !== null;
      if (!row && !isFavorite) continue;
      const name = this.#countedOnce(author, () => this.texts.text(author, false));
      if (name === null || name !== author) continue;
      yield {
        author: name,
        ...(row ? { details: this.#countedOnce(name, () => this.#details(row)) } : {}),
        ...(isFavorite ? { favorite: true } : {}),
      };
    }
  }

  #countedOnce<T>(author: unknown, make: () => T): T {
    const { repaired, leftOut } = this.texts;
    const made = make();
    if (this.texts.repaired === repaired && this.texts.leftOut === leftOut) return made;
    const key = String(author);
    if (this.#counted.has(key)) Object.assign(this.texts, { repaired, leftOut });
    this.#counted.add(key);
    return made;
  }

  #details(row: Row): { [column: string]: string | number } {
    const details: { [column: string]: string | number } = {};
    for (const column of Object.keys(row).sort()) {
      const value = row[column];
      if (column === 'id' || column === 'author' || value === null) continue;
      if (!DETAIL.test(column) || isForbiddenKey(column) || Object.keys(details).length >= MAX_DETAILS)
        this.texts.leftOut += 1;
      else if (typeof value === 'number' && isTravelling(value)) details[column] = value;
      else if (typeof value === 'string') {
        const text = this.texts.text(value, false);
        if (text !== null) details[column] = text;
      } else this.texts.leftOut += 1;
    }
    return details;
  }
}

/** JSON has no infinities, and readers refuse whole numbers that they might round. */
function isTravelling(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}
