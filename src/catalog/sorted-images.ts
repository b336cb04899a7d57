import type Database from 'better-sqlite3';
import type { CatalogImage } from '../catalog-file/types.ts';
import type { HeldImage } from '../holdings/archive-images.ts';

interface SortedRow {
  readonly page: number;
  readonly site: number | null;
  readonly url: string | null;
  readonly pageUrl: string | null;
  readonly digest: Buffer | null;
  readonly here: number;
  readonly size: number | null;
  readonly rank: number;
  readonly author: string | null;
}

const PAGE = 2000;

/**
 * Puts images into the order of a catalogue: by site image id, then by address, then by digest. It
 * does not depend on the ids of rows, so that the same pictures give the same bytes.
 */
export class SortedImages {
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;

  /** `db` is the archive's scratch database. */
  constructor(db: Database.Database) {
    this.#db = db;
    db.exec(`CREATE TABLE unsorted_images (site INTEGER, url TEXT, pageUrl TEXT, digest BLOB, here INTEGER, size INTEGER, rank INTEGER, author TEXT);
             CREATE TABLE sorted_images (page INTEGER PRIMARY KEY, site INTEGER, url TEXT, pageUrl TEXT, digest BLOB, here INTEGER, size INTEGER, rank INTEGER, author TEXT)`);
    this.#insert = db.prepare('INSERT INTO unsorted_images VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  }

  add(image: HeldImage): void {
    const { site, url, pageUrl, digest, here, size, rank, author } = image;
    this.#insert.run(
      site,
      url,
      pageUrl,
      digest === null ? null : Buffer.from(digest, 'hex'),
      here ? 1 : 0,
      size,
      rank,
      author,
    );
  }

  /** All of them in order; only once, after the last was added. */
  *sorted(): Generator<CatalogImage> {
    this.#db.exec(`INSERT INTO sorted_images (site, url, pageUrl, digest, here, size, rank, author)
                   SELECT * FROM unsorted_images ORDER BY site IS NULL, site, url, pageUrl, digest, here, size, rank, author;
                   DROP TABLE unsorted_images`);
    const select = this.#db.prepare<[number], SortedRow>(
      `SELECT * FROM sorted_images WHERE page > ? ORDER BY page LIMIT ${PAGE}`,
    );
    for (let last = 0; ; ) {
      const rows = select.all(last);
      if (rows.length === 0) return;
      for (const row of rows) yield imageOf(row);
      last = rows.at(-1)!.page;
    }
  }
}

function imageOf({ site, url, pageUrl, digest, here, size, rank, author }: SortedRow): CatalogImage {
  return {
    site,
    url,
    pageUrl,
    digest: digest === null ? null : digest.toString('hex'),
    here: here === 1,
    size,
    rank,
    author,
  };
}
