import type Database from 'better-sqlite3';
import { breathe } from '../base/breathe.ts';
import { type Digest, parseDigest } from '../base/digest.ts';
import { identityKeys, type Identity, type ImageKey, keyNumber, siteImageId } from './identity.ts';
import type { Archive } from './open.ts';
import { KeyIndex } from './key-index.ts';
import { LeftPlaces } from './left-places.ts';
import { foldedBelow, rootPrefixes } from './photo-path.ts';

/** What deciding about an image needs to know of a local row. */
export interface LocalImage {
  readonly id: number;
  readonly url: string | null;
  readonly page_url: string | null;
  readonly local_path: string | null;
  readonly sha256_hash: string | null;
}

/** By site or address, page, digest, and file. */
const KEYS_PER_IMAGE = 4;

const COLUMNS = ['url', 'page_url', 'local_path', 'sha256_hash'] as const;

/**
 * Finds local rows by site image id, address, page, digest or file. Old schemas lack the indexes
 * for that, so it keeps one of its own in the scratch database, never in the user's.
 */
export class LocalIndex {
  readonly #archive: Archive;
  readonly #prefixes: readonly string[];
  readonly #keys: KeyIndex;
  readonly #row: Database.Statement<[number], LocalImage>;
  readonly #newRows: Database.Statement<[number], LocalImage>;
  #lastId = -Infinity;
  #leftPlaces: LeftPlaces | null = null;

  private constructor(archive: Archive, images: number) {
    this.#archive = archive;
    const { db, root, shape } = archive;
    this.#prefixes = rootPrefixes(root);
    this.#keys = new KeyIndex(archive.scratch, 'local_keys', images * KEYS_PER_IMAGE);
    const columns = COLUMNS.map((column) => shape.text('images', column)).join(', ');
    this.#row = db.prepare(`SELECT id, ${columns} FROM main.images WHERE id = ?`);
    this.#newRows = db.prepare(`SELECT id, ${columns} FROM main.images WHERE id > ? ORDER BY id`);
  }

  /** Reads all images once. Takes about 5 microseconds an image, and some bytes of memory; `expected` more will come. */
  static async build(archive: Archive, expected = 0): Promise<LocalIndex> {
    const images = Number(archive.db.prepare('SELECT count(*) FROM main.images').pluck().get());
    const index = new LocalIndex(archive, images + expected);
    await index.#keys.fill(async (add) => {
      for (;;) {
        const rows = index.#batch(index.#lastId);
        if (rows.length === 0) return;
        for (const row of rows) for (const key of keysOf(row, index.#prefixes)) add(key, row.id);
        index.#lastId = rows.at(-1)!.id;
        await breathe();
      }
    });
    return index;
  }

  #batch(after: number): LocalImage[] {
    const columns = COLUMNS.map((column) => this.#archive.shape.text('images', column)).join(', ');
    return this.#archive.db
      .prepare<[number], LocalImage>(
        `SELECT id, ${columns} FROM main.images WHERE id > ? ORDER BY id LIMIT 2000`,
      )
      .all(after);
  }

  /** Takes in rows that others inserted since; cheap, so it is done before every decision that counts. */
  refresh(): void {
    for (const row of this.#newRows.all(this.#lastId)) this.note(row);
  }

  /** Takes in one row that was inserted or changed. */
  note(row: LocalImage): void {
    for (const key of keysOf(row, this.#prefixes)) this.#keys.add(key, row.id);
    this.#lastId = Math.max(this.#lastId, row.id);
  }

  row(id: number): LocalImage | null {
    return this.#row.get(id) ?? null;
  }

  /**
   * The rows that are the same image, lowest id first; `keys` are those of the image, where they are known already. The strongest of site id, address and page
   * that both sides have decides; where a side has none of them, the digest does.
   */
  matches(
    identity: Identity,
    digest: Digest | null,
    keys: readonly ImageKey[] = identityKeys(identity, digest),
  ): LocalImage[] {
    for (const { number } of keys) {
      const found = this.#find(number);
      if (found.length === 0) continue;
      const rows = found.filter((row) => isSameImage(identity, digest, row));
      if (rows.length > 0) return rows;
    }
    return [];
  }

  /** False when no column of this archive would tell later that an image like this is here. */
  canHold(identity: Identity): boolean {
    const { shape } = this.#archive;
    if (shape.hasColumn('images', 'sha256_hash')) return true;
    return (
      (Boolean(identity.url) && shape.hasColumn('images', 'url')) ||
      (Boolean(identity.pageUrl) && shape.hasColumn('images', 'page_url'))
    );
  }

  /** Rows whose digest says that they have this content. */
  withDigest(digest: Digest): LocalImage[] {
    return this.#find(keyNumber('digest', digest)).filter((row) => parseDigest(row.sha256_hash) === digest);
  }

  /** True when some row names this file, in whatever spelling. */
  namesFile(localPath: string): boolean {
    const folded = foldedBelow(this.#prefixes, localPath);
    return this.#find(keyNumber('file', folded)).some(
      (row) => row.local_path !== null && foldedBelow(this.#prefixes, row.local_path) === folded,
    );
  }

  /** True when a new file may not lie there: a row names it, or taking an operation back would point one to it. */
  keepsPlace(localPath: string): boolean {
    return this.namesFile(localPath) || this.#left().has(this.#fileKey(localPath));
  }

  /** A row was pointed from this file to another one. */
  leave(localPath: string): void {
    this.#left().add(this.#fileKey(localPath));
  }

  #left(): LeftPlaces {
    this.#leftPlaces ??= LeftPlaces.of(this.#archive, (path) => this.#fileKey(path));
    return this.#leftPlaces;
  }

  #fileKey(localPath: string): number {
    return keyNumber('file', foldedBelow(this.#prefixes, localPath));
  }

  #find(key: number): LocalImage[] {
    const ids = this.#keys.find(key);
    return ids.length === 0 ? [] : ids.flatMap((id) => this.row(id) ?? []);
  }
}

function identityOf(row: LocalImage): Identity {
  return { url: row.url, pageUrl: row.page_url };
}

function isSameImage(identity: Identity, digest: Digest | null, row: LocalImage): boolean {
  const site = siteImageId(identity);
  const rowSite = siteImageId(identityOf(row));
  if (site !== null && rowSite !== null) return site === rowSite;
  if (identity.url && row.url) return identity.url === row.url;
  if (identity.pageUrl && row.page_url) return identity.pageUrl === row.page_url;
  const bothHaveAddresses = (identity.url || identity.pageUrl) && (row.url || row.page_url);
  return !bothHaveAddresses && digest !== null && parseDigest(row.sha256_hash) === digest;
}

/** Every number under which a row may be looked for. */
function keysOf(row: LocalImage, prefixes: readonly string[]): number[] {
  const keys: number[] = [];
  const ofUrl = siteImageId({ url: row.url, pageUrl: null });
  const ofPage = siteImageId({ url: null, pageUrl: row.page_url });
  const site = ofUrl ?? ofPage;
  if (site !== null) keys.push(keyNumber('site', site));
  if (row.url && ofUrl === null) keys.push(keyNumber('url', row.url));
  if (row.page_url && ofPage === null) keys.push(keyNumber('page', row.page_url));
  const digest = parseDigest(row.sha256_hash);
  if (digest !== null) keys.push(keyNumber('digest', digest));
  if (digest !== null && !row.url && !row.page_url) keys.push(keyNumber('bare', digest));
  if (row.local_path) keys.push(keyNumber('file', foldedBelow(prefixes, row.local_path)));
  return keys;
}
