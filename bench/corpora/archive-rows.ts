/** Writes an archive's database as the crawler does, quickly and by the million. */

import Database from 'better-sqlite3';
import { ARCHIVE_SCHEMAS } from '../../fixtures/archive-schemas.ts';
import * as site from '../../fixtures/site-values.ts';
import { Random } from './random.ts';

const ROWS_PER_TRANSACTION = 20_000;
const TAGS = 2_000;
const IMAGES_PER_ALBUM = 40;
const COLLECTIONS = 50;
/** 2 to 8: five on average. */
const TAGS_OF_AN_IMAGE = [2, 8] as const;

export interface PhotoRow {
  readonly id: number;
  readonly author: string;
  readonly localPath: string;
  readonly digest: string;
}

/** Makes an empty database of today's layout. */
export function createDatabase(file: string): Database.Database {
  const database = new Database(file);
  for (const pragma of [
    'synchronous = OFF',
    'journal_mode = WAL',
    'foreign_keys = OFF',
    'cache_size = -65536',
  ]) {
    database.pragma(pragma);
  }
  for (const statement of ARCHIVE_SCHEMAS.today.statements) database.exec(statement);
  return database;
}

const IMAGE_COLUMNS = [
  ...['id', 'url', 'local_path', 'sha256_hash', 'title', 'description', 'author', 'author_url', 'license'],
  ...['camera_make', 'camera_model', 'focal_length', 'aperture', 'shutter_speed', 'taken_date'],
  ...['upload_date', 'page_url'],
];

/** Takes photographs one by one; `close` leaves a database without a WAL. */
export class ArchiveRows {
  readonly #database: Database.Database;
  readonly #random = new Random(7);
  readonly #image: Database.Statement;
  readonly #tag: Database.Statement;
  readonly #album: Database.Statement;
  readonly #collection: Database.Statement;
  #open = 0;

  constructor(file: string, images: number) {
    const database = createDatabase(file);
    this.#database = database;
    const marks = IMAGE_COLUMNS.map(() => '?').join(', ');
    this.#image = database.prepare(`INSERT INTO images (${IMAGE_COLUMNS.join(', ')}) VALUES (${marks})`);
    this.#tag = database.prepare('INSERT OR IGNORE INTO image_tags VALUES (?, ?)');
    this.#album = database.prepare('INSERT INTO image_albums VALUES (?, ?)');
    this.#collection = database.prepare('INSERT INTO image_collections VALUES (?, ?)');
    writeLinkedThings(database, images);
  }

  add(photo: PhotoRow): void {
    if (this.#open === 0) this.#database.exec('BEGIN');
    this.#image.run(...imageValues(photo));
    const count = this.#random.between(...TAGS_OF_AN_IMAGE);
    // The product makes some tags common and most of them rare, as people's tags are.
    for (let tag = 0; tag < count; tag += 1) {
      this.#tag.run(photo.id, 1 + Math.floor(this.#random.next() * this.#random.next() * TAGS));
    }
    if (this.#random.next() < 0.7)
      this.#album.run(photo.id, 1 + Math.floor((photo.id - 1) / IMAGES_PER_ALBUM));
    if (this.#random.next() < 0.1) this.#collection.run(photo.id, this.#random.between(1, COLLECTIONS));
    this.#open = (this.#open + 1) % ROWS_PER_TRANSACTION;
    if (this.#open === 0) this.#database.exec('COMMIT');
  }

  close(): void {
    if (this.#open > 0) this.#database.exec('COMMIT');
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
    this.#database.close();
  }
}

function writeLinkedThings(database: Database.Database, images: number): void {
  const tag = database.prepare('INSERT INTO tags (name, count) VALUES (?, ?)');
  const album = database.prepare('INSERT INTO albums (album_id, title, url, is_public) VALUES (?, ?, ?, 1)');
  const collection = database.prepare(
    'INSERT INTO collections (collection_id, title, url, is_public) VALUES (?, ?, ?, 1)',
  );
  database.transaction(() => {
    for (let number = 0; number < TAGS; number += 1)
      tag.run(`${site.pick(site.TAGS, number)} ${number}`, number);
    for (let number = 0; number <= images / IMAGES_PER_ALBUM; number += 1) {
      const title = `${site.pick(site.ALBUM_TITLES, number)} ${number}`;
      album.run(String(400_000 + number), title, `https://indafoto.hu/album/${400_000 + number}`);
    }
    for (let number = 0; number < COLLECTIONS; number += 1) {
      collection.run(
        String(9_000 + number),
        `Gyűjtemény ${number}`,
        `https://indafoto.hu/coll/${9_000 + number}`,
      );
    }
  })();
}

function imageValues({ id, author, localPath, digest }: PhotoRow): (string | number | null)[] {
  const slug = site.authorSlug(author);
  const camera = site.pick(site.CAMERAS, id);
  const siteId = 1_500_000 + id;
  const day = String(1 + (id % 28)).padStart(2, '0');
  return [
    ...[id, site.siteUrl(siteId, { uploader: site.uploaderNumber(author) }), localPath, digest],
    ...[`${site.pick(site.TITLES, id)} ${id}`, id % 3 === 0 ? `Készült a ${id}. kiránduláson.` : null],
    ...[author, site.siteAuthorUrl(slug), site.pick(site.LICENSES, id), camera.make, camera.model],
    ...['35 mm', 'f/8', '1/250', id % 4 === 0 ? null : `2011-07-${day} 19:42`, `2011-08-${day}`],
    site.sitePageUrl(siteId, { slug }),
  ];
}
