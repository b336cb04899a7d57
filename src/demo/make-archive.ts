import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { digestOf } from '../base/digest.ts';
import { ARCHIVE_TABLES } from './archive-tables.ts';
import type { DemoArchive, DemoGroup, DemoImage } from './collection.ts';
import { Sqlite } from '../archive/sqlite.ts';

/** Drawn for this project; they lie beside `src` and `dist` alike. */
const PICTURES = new URL('../../fixtures/pictures/', import.meta.url);

/** Makes `indafoto.db` and the photo folder in an empty folder, as the crawler would leave them. */
export function makeArchive(folder: string, archive: DemoArchive): void {
  mkdirSync(folder, { recursive: true });
  const db = new Sqlite(join(folder, 'indafoto.db'));
  try {
    db.pragma('journal_mode = WAL');
    for (const statement of ARCHIVE_TABLES) db.exec(statement);
    db.transaction(() => fill(db, folder, archive))();
  } finally {
    db.close();
  }
}

function fill(db: Database.Database, folder: string, { images, banned }: DemoArchive): void {
  for (const [index, image] of images.entries()) insertImage(db, folder, image, index);
  for (const author of new Set(images.map((image) => image.author))) insertAuthor(db, author, images);
  const ban = db.prepare(
    "INSERT INTO banned_authors (author, reason, banned_date, banned_by) VALUES (?, 'reklám', '2025-03-23', 'user')",
  );
  for (const author of banned) ban.run(author);
}

function insertImage(db: Database.Database, folder: string, image: DemoImage, index: number): void {
  const picture = new URL(`${image.picture}.jpg`, PICTURES);
  const localPath = `indafoto_archive/${image.author}/0/image_${uploaderOf(image.author)}_20250323_1804${11 + index}_123456.jpg`;
  if (!image.lost) {
    mkdirSync(dirname(join(folder, localPath)), { recursive: true });
    copyFileSync(picture, join(folder, localPath));
  }
  const row = {
    ...addresses(image),
    local_path: localPath,
    sha256_hash: digestOf(readFileSync(picture)),
    title: image.title,
    author: image.author,
    license: image.license,
    camera_make: 'Canon',
    camera_model: 'Canon EOS 450D',
    taken_date: image.taken,
    upload_date: image.taken.slice(0, 10),
  };
  const columns = Object.keys(row);
  const values = columns.map((column) => `@${column}`);
  const { lastInsertRowid } = db
    .prepare(`INSERT INTO images (${columns.join()}) VALUES (${values.join()})`)
    .run(row);
  link(db, lastInsertRowid, image);
}

/** Addresses as the site has them: server, uploader, the image's number, and a size. */
function addresses({ author, siteId, size = 'xl' }: DemoImage): Record<string, string> {
  const uploader = uploaderOf(author);
  const home = `https://indafoto.hu/${slugOf(author)}`;
  const file = `${siteId}_${hex(`${siteId} ${size}`, 32)}_${size}.jpg`;
  return {
    url: `https://img7.indafoto.hu/${uploader % 10}/${Math.floor(uploader / 10) % 10}/${uploader}_${hex(author, 32)}/${file}`,
    page_url: `${home}/image/${siteId}-${hex(String(siteId), 8)}`,
    author_url: home,
  };
}

function link(
  db: Database.Database,
  imageId: number | bigint,
  { tags, albums = [], collections = [] }: DemoImage,
): void {
  for (const tag of tags) {
    db.prepare('INSERT OR IGNORE INTO tags (name, count) VALUES (?, ?)').run(tag, 40 + tag.length * 317);
    db.prepare('INSERT INTO image_tags SELECT ?, id FROM tags WHERE name = ?').run(imageId, tag);
  }
  for (const album of albums) linkGroup(db, imageId, 'album', album);
  for (const collection of collections) linkGroup(db, imageId, 'collection', collection);
}

function linkGroup(
  db: Database.Database,
  imageId: number | bigint,
  kind: 'album' | 'collection',
  group: DemoGroup,
): void {
  const url = `https://indafoto.hu/${kind}/${group.id}`;
  const insert = `INSERT OR IGNORE INTO ${kind}s (${kind}_id, title, url, is_public) VALUES (?, ?, ?, 1)`;
  db.prepare(insert).run(group.id, group.title, url);
  db.prepare(`INSERT INTO image_${kind}s SELECT ?, id FROM ${kind}s WHERE ${kind}_id = ?`).run(
    imageId,
    group.id,
  );
}

function insertAuthor(db: Database.Database, author: string, images: readonly DemoImage[]): void {
  const count = images.filter((image) => image.author === author).length;
  const columns = 'author, author_slug, registration_date, image_count, album_count, last_updated';
  const insert = `INSERT INTO author_details (${columns}) VALUES (?, ?, '2008-05-11', ?, 1, '2025-03-24')`;
  db.prepare(insert).run(author, slugOf(author), count);
}

function slugOf(author: string): string {
  return author
    .normalize('NFD')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase();
}

/** A number of five digits that is always the same for a name. */
function uploaderOf(author: string): number {
  return 10_000 + (Number.parseInt(hex(author, 8), 16) % 90_000);
}

function hex(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}
