import type Database from 'better-sqlite3';
import type { Archive } from '../archive/open.ts';
import { LINK_TABLES, type LinkKind } from '../archive/merge-rows.ts';
import { MAX_LINKS, MAX_TEXT_LENGTH } from '../base/limits.ts';
import {
  type AlbumLink,
  type AuthorRecord,
  type CollectionLink,
  type FileReference,
  IMAGE_COLUMNS,
  type ImageRecord,
  type Note,
  type TagLink,
} from '../manifest/types.ts';

type Row = { readonly [column: string]: unknown };

/** Columns of `images` that never travel and need no mention. */
const LOCAL_COLUMNS = ['id', 'local_path', 'sha256_hash', 'metadata_updated'];
const LINK_COLUMNS = new Set(['url', 'page_url', 'author_url']);
const HTTP = /^https?:\/\//i;

/** Makes records out of rows: what travels of an image, with its links by natural key. */
export class RowRecords {
  readonly #archive: Archive;
  readonly #image: Database.Statement<[number], Row>;
  readonly #links: { readonly [kind in LinkKind]: Database.Statement<[number], Row> | null };
  readonly #notes: Database.Statement<[number], Row> | null;
  readonly #marked: Database.Statement<[number], Row> | null;
  /** Texts that could not travel as they are, by reason. */
  repaired = 0;

  constructor(archive: Archive, options: { readonly includePersonal: boolean }) {
    this.#archive = archive;
    const columns = archive.shape.select('images', IMAGE_COLUMNS).map((column) => `"${column}"`);
    this.#image = archive.db.prepare(`SELECT ${columns.join(', ') || 'id'} FROM main.images WHERE id = ?`);
    this.#links = {
      tags: this.#linkQuery('tags', ['count']),
      albums: this.#linkQuery('albums'),
      collections: this.#linkQuery('collections'),
    };
    this.#notes = options.includePersonal
      ? this.#personal('image_notes', ['note', 'created_date', 'updated_date'], 'id')
      : null;
    this.#marked = options.includePersonal ? this.#personal('marked_images', ['marked_date'], 'rowid') : null;
  }

  /** Columns of `images` that this version does not know and that stay behind. */
  unknownColumns(): string[] {
    const known = new Set<string>([...IMAGE_COLUMNS, ...LOCAL_COLUMNS]);
    return this.#archive.shape.columns('images').filter((column) => !known.has(column));
  }

  record(id: number, file: FileReference | null, digest: string | null): ImageRecord {
    const row = this.#image.get(id) ?? {};
    const image: { [column: string]: string } = {};
    for (const column of IMAGE_COLUMNS) {
      const value = column === 'sha256_hash' ? null : this.#text(row[column], LINK_COLUMNS.has(column));
      if (value !== null) image[column] = value;
    }
    if (file === null && digest !== null) image['sha256_hash'] = digest;
    return {
      ...(file === null ? {} : { file }),
      image,
      tags: this.#targets<TagLink>('tags', id),
      albums: this.#targets<AlbumLink>('albums', id),
      collections: this.#targets<CollectionLink>('collections', id),
      ...this.#personalParts(id),
    };
  }

  #personalParts(id: number): Pick<ImageRecord, 'notes' | 'marked'> {
    const notes = (this.#notes?.all(id) ?? [])
      .map((row) => this.#values<Note>(row))
      .filter((note) => note.note !== undefined);
    const marked = this.#marked?.get(id);
    return {
      ...(notes.length > 0 ? { notes } : {}),
      ...(marked === undefined ? {} : { marked: this.#values<{ marked_date?: string }>(marked) }),
    };
  }

  #targets<T>(kind: LinkKind, id: number): T[] {
    const key = LINK_TABLES[kind].naturalKey;
    const rows = this.#links[kind]?.all(id) ?? [];
    const values = rows.map((row) => this.#values<T & Row>(row)).filter((row) => row[key] !== undefined);
    return values.slice(0, MAX_LINKS);
  }

  /** NULLs are left out, numbers stay whole numbers, the rest is text. */
  #values<T>(row: Row): T {
    const values: { [column: string]: string | number } = {};
    for (const [column, value] of Object.entries(row)) {
      if (column === 'count' || column === 'is_public') {
        const number = value === null || value === '' ? Number.NaN : Number(value);
        if (Number.isSafeInteger(number)) values[column] = number;
        continue;
      }
      const text = this.#text(value, column === 'url');
      if (text !== null) values[column] = text;
    }
    return values as T;
  }

  /** Null for what cannot travel; NUL characters are taken out. */
  #text(value: unknown, isLink: boolean): string | null {
    if (value === null || value === undefined) return null;
    const raw =
      typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'bigint'
          ? String(value)
          : null;
    if (raw === null || raw.length > MAX_TEXT_LENGTH || (isLink && raw !== '' && !HTTP.test(raw))) {
      this.repaired += 1;
      return null;
    }
    const text = raw.includes('\0') || !raw.isWellFormed() ? raw.replaceAll('\0', '').toWellFormed() : raw;
    if (text !== raw) this.repaired += 1;
    return text;
  }

  /** Ordered by natural key, byte for byte, so that the same archive gives the same bytes. */
  #linkQuery(
    kind: LinkKind,
    own: readonly string[] = ['title', 'url', 'is_public'],
  ): Database.Statement<[number], Row> | null {
    const { naturalKey, junction, column } = LINK_TABLES[kind];
    const { db, shape } = this.#archive;
    if (!shape.has(kind) || !shape.has(junction) || !shape.hasColumn(kind, naturalKey)) return null;
    const columns = [naturalKey, ...shape.select(kind, own)].map((name) => `target."${name}"`).join(', ');
    return db.prepare(
      `SELECT ${columns} FROM main.${junction} link JOIN main.${kind} target ON target.id = link.${column}
       WHERE link.image_id = ? ORDER BY CAST(target."${naturalKey}" AS BLOB), target.id`,
    );
  }

  #personal(
    table: string,
    wanted: readonly string[],
    order: string,
  ): Database.Statement<[number], Row> | null {
    const { db, shape } = this.#archive;
    const columns = shape.select(table, wanted);
    if (columns.length === 0 || !shape.hasColumn(table, 'image_id')) return null;
    return db.prepare(`SELECT ${columns.join(', ')} FROM main.${table} WHERE image_id = ? ORDER BY ${order}`);
  }

  /** The `author_details` rows, and on request the favourites, of the authors in a volume of `temp.survey`, or in all. */
  *authors(includePersonal: boolean, volume: number | null): Generator<AuthorRecord> {
    const { db, shape } = this.#archive;
    if (!shape.hasColumn('images', 'author')) return;
    const details = shape.hasColumn('author_details', 'author')
      ? db.prepare<[string], Row>('SELECT * FROM main.author_details WHERE author = ?')
      : null;
    const favorite =
      includePersonal && shape.hasColumn('favorite_authors', 'author_name')
        ? db.prepare('SELECT 1 FROM main.favorite_authors WHERE author_name = ?')
        : null;
    const names = db
      .prepare<[number | null], string>(
        `SELECT DISTINCT author FROM main.images WHERE author IS NOT NULL AND id IN (SELECT id FROM temp.survey WHERE state = 'ok' AND volume = coalesce(?, volume)) ORDER BY CAST(author AS BLOB)`,
      )
      .pluck();
    for (const author of names.all(volume)) {
      const row = details?.get(author);
      const isFavorite = favorite?.get(author) !== undefined && favorite !== null;
      if (!row && !isFavorite) continue;
      if (this.#text(author, false) !== author) continue;
      yield {
        author,
        ...(row ? { details: this.#details(row) } : {}),
        ...(isFavorite ? { favorite: true } : {}),
      };
    }
  }

  #details(row: Row): { [column: string]: string | number } {
    const details: { [column: string]: string | number } = {};
    for (const column of Object.keys(row).sort()) {
      const value = row[column];
      if (column === 'id' || column === 'author' || !/^[a-z][a-z0-9_]{0,63}$/.test(column)) continue;
      if (typeof value === 'number' && isTravelling(value)) details[column] = value;
      else if (typeof value === 'string') {
        const text = this.#text(value, false);
        if (text !== null) details[column] = text;
      }
    }
    return details;
  }
}

/** JSON has no infinities, and readers refuse whole numbers that they might round. */
function isTravelling(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}
