import type Database from 'better-sqlite3';
import type { Digest } from '../base/digest.ts';
import { siteImageId } from '../archive/identity.ts';
import { openScratch } from '../archive/scratch.ts';
import type { CatalogImage } from '../catalog-file/types.ts';
import type { HeldImage } from './archive-images.ts';

/** What an image of another archive would be to this one (docs/merging.md, by image and by content). */
export type Verdict =
  | { readonly kind: 'missing'; readonly match: null }
  /**
   * `cut`: this one has more of the same content, so that the other's file was cut short.
   * `undecided`: both have a file, and one of them is not known by its digest.
   */
  | { readonly kind: 'present' | 'cut' | 'restore' | 'conflict' | 'undecided'; readonly match: HeldImage };

interface HeldRow {
  readonly id: number;
  readonly site: number | null;
  readonly url: string | null;
  readonly page: string | null;
  readonly digest: Buffer | null;
  readonly here: number;
  readonly size: number | null;
  readonly rank: number;
  readonly author: string | null;
}

const TABLES = `
CREATE TABLE held (id INTEGER PRIMARY KEY, site INTEGER, url TEXT, page TEXT, digest BLOB, here INTEGER, size INTEGER,
  rank INTEGER, author TEXT, url_key TEXT, page_key TEXT);`;

const INDEXES = `
CREATE INDEX held_site ON held (site) WHERE site IS NOT NULL;
CREATE INDEX held_url ON held (url_key) WHERE url_key IS NOT NULL;
CREATE INDEX held_page ON held (page_key) WHERE page_key IS NOT NULL;
CREATE INDEX held_digest ON held (digest) WHERE digest IS NOT NULL;`;

type ImageKeys = Pick<CatalogImage, 'site' | 'url' | 'pageUrl' | 'digest'>;

type Finders = {
  readonly [key in 'site' | 'url' | 'page' | 'digest' | 'bare']: Database.Statement<[unknown], HeldRow>;
};

const COLUMNS = 'id, site, url, page, digest, here, size, rank, author';
const PAGE = 1000;

/**
 * What one archive has, from its database or its catalogue, where it can be looked up by image and
 * by content. It lies in a temporary file, so that millions of images cost no memory.
 */
export class Holdings {
  count = 0;
  /** Images with a usable file. */
  here = 0;
  readonly #db: Database.Database;
  readonly #insert: Database.Statement;
  readonly #find: Finders;
  readonly #loseContent: Database.Statement;
  readonly #loseSizes: Database.Statement;
  readonly #loseRow: Database.Statement;

  private constructor(db: Database.Database) {
    this.#db = db;
    const by = (key: string, also = '') =>
      db.prepare<[unknown], HeldRow>(`SELECT ${COLUMNS} FROM held WHERE ${key} = ? ${also} ORDER BY id`);
    this.#insert = db.prepare('INSERT INTO held VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const lose = (which: string) =>
      db.prepare(`UPDATE held SET here = 0, size = NULL WHERE here = 1 AND ${which}`);
    this.#loseContent = lose('digest = ?');
    this.#loseSizes = lose('digest = ? AND size <> ?');
    this.#loseRow = lose('id = ?');
    this.#find = {
      site: by('site'),
      url: by('url_key'),
      page: by('page_key'),
      digest: by('digest'),
      bare: by('digest', 'AND site IS NULL AND url IS NULL AND page IS NULL'),
    };
  }

  /** Takes in all groups of images; those without an id are numbered. */
  static async load(groups: AsyncIterable<readonly (CatalogImage | HeldImage)[]>): Promise<Holdings> {
    const db = openScratch();
    db.exec(TABLES);
    const holdings = new Holdings(db);
    try {
      for await (const images of groups) for (const image of images) holdings.#add(image);
    } catch (error) {
      db.close();
      throw error;
    }
    db.exec(INDEXES);
    return holdings;
  }

  #add(image: CatalogImage | HeldImage): void {
    const { site, url, pageUrl, digest, here, size, rank, author } = image;
    const urlKey =
      url !== null && (site === null || siteImageId({ url, pageUrl: null }) === null) ? url : null;
    const pageKey =
      pageUrl !== null && (site === null || siteImageId({ url: null, pageUrl }) === null) ? pageUrl : null;
    this.count += 1;
    if (here) this.here += 1;
    const id = 'id' in image ? image.id : this.count;
    const bytes = digest === null ? null : Buffer.from(digest, 'hex');
    this.#insert.run(id, site, url, pageUrl, bytes, here ? 1 : 0, size, rank, author, urlKey, pageKey);
  }

  /** All images, in pages. */
  *pages(): Generator<readonly HeldImage[]> {
    const select = this.#db.prepare<[number], HeldRow>(
      `SELECT ${COLUMNS} FROM held WHERE id > ? ORDER BY id LIMIT ${PAGE}`,
    );
    for (let last = -Infinity; ; ) {
      const rows = select.all(last);
      if (rows.length === 0) return;
      yield rows.map(heldOf);
      last = rows.at(-1)!.id;
    }
  }

  /** No image has this content after all. */
  loseFile(digest: Digest): void {
    this.#lose(this.#loseContent, Buffer.from(digest, 'hex'));
  }

  /** The file of this image is not what its row says. */
  loseRow(id: number): void {
    this.#lose(this.#loseRow, id);
  }

  /** How long this content is became known: a file of another size is another one. */
  loseOtherSizes(digest: Digest, size: number): void {
    this.#lose(this.#loseSizes, Buffer.from(digest, 'hex'), size);
  }

  #lose(lose: Database.Statement, ...values: unknown[]): void {
    this.here -= lose.run(...values).changes;
  }

  /** What `image` would be to this archive. */
  verdict(image: CatalogImage): Verdict {
    const matches = this.matches(image);
    const [first] = matches;
    if (first === undefined) return { kind: 'missing', match: null };
    const same = matches.find((match) => isSame(match, image));
    if (same) return { kind: isShorter(image, same) ? 'cut' : 'present', match: same };
    const unknown = matches.find((match) => match.here && (match.digest === null || image.digest === null));
    if (unknown) return { kind: 'undecided', match: unknown };
    const lost = matches.find((match) => !match.here || isShorter(match, image));
    return lost ? { kind: 'restore', match: lost } : { kind: 'conflict', match: first };
  }

  /**
   * The images that are the same as `image`, the lowest id first: by the strongest of site id, address
   * and page that both sides have; where a side has none of them, by the digest.
   */
  matches(image: ImageKeys): HeldImage[] {
    const digest = image.digest === null ? null : Buffer.from(image.digest, 'hex');
    const keys: [keyof Finders, string | number | Buffer | null][] = [
      ['site', image.site],
      ['url', image.url],
      ['page', image.pageUrl],
      [hasAddress(image) ? 'bare' : 'digest', digest],
    ];
    for (const [key, value] of keys) {
      if (value === null) continue;
      const found = this.#find[key]
        .all(value)
        .map(heldOf)
        .filter((held) => isSameImage(held, image));
      if (found.length > 0) return found;
    }
    return [];
  }

  withDigest(digest: Digest): HeldImage[] {
    return this.#find.digest.all(Buffer.from(digest, 'hex')).map(heldOf);
  }

  close(): void {
    this.#db.close();
  }
}

function heldOf(row: HeldRow): HeldImage {
  const { id, site, url, page, digest, here, size, rank, author } = row;
  return {
    id,
    site,
    url,
    pageUrl: page,
    digest: digest === null ? null : digest.toString('hex'),
    here: here === 1,
    size,
    rank,
    author,
  };
}

const hasAddress = ({ site, url, pageUrl }: ImageKeys) => site !== null || url !== null || pageUrl !== null;

/** An address that holds the site id is left out of a catalogue; a page without one tells that it was there. */
const hasUrl = ({ site, url, pageUrl }: ImageKeys) =>
  url !== null || (site !== null && pageUrl !== null && siteImageId({ url: null, pageUrl }) === null);

/** The rule of docs/merging.md, from what a catalogue says of both. */
function isSameImage(one: ImageKeys, other: ImageKeys): boolean {
  if (one.site !== null && other.site !== null) return one.site === other.site;
  if (hasUrl(one) && hasUrl(other)) return one.url === other.url;
  if (one.pageUrl !== null && other.pageUrl !== null) return one.pageUrl === other.pageUrl;
  if (hasAddress(one) && hasAddress(other)) return false;
  return one.digest !== null && one.digest === other.digest;
}

function isSame(match: HeldImage, image: CatalogImage): boolean {
  return match.here && match.digest !== null && match.digest === image.digest && !isShorter(match, image);
}

/** The same content in fewer bytes was cut short. */
function isShorter(one: CatalogImage, other: CatalogImage): boolean {
  return one.digest === other.digest && one.size !== null && other.size !== null && one.size < other.size;
}
