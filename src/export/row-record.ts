import type Database from 'better-sqlite3';
import { MAX_DETAILS, MAX_LINKS, MAX_TEXT_LENGTH } from '../base/limits.ts';
import { isForbiddenKey } from '../base/strict-json.ts';
import type { LinkKind } from '../archive/link-tables.ts';
import type { Archive } from '../archive/open.ts';
import {
  type AlbumLink,
  type AuthorRecord,
  type CollectionLink,
  type FileReference,
  IMAGE_COLUMNS,
  LINK_COLUMNS,
  type ImageColumn,
  type ImageRecord,
  type Note,
  type TagLink,
} from '../manifest/types.ts';
import { type Linked, LinkTargets } from './link-targets.ts';
import type { CountedImage } from './summary-tally.ts';
import type { SurveyRow } from './survey-rows.ts';

type Row = { readonly [column: string]: unknown };

/** Columns of `images` that never travel and need no mention. */
const LOCAL_COLUMNS = ['id', 'local_path', 'sha256_hash', 'metadata_updated'];
const LINKS: ReadonlySet<string> = new Set(LINK_COLUMNS);
/** SQLite's bytes that are no UTF-8 arrive as this. */
const UNREADABLE = '\u{fffd}';
/** Columns of `author_details` that a record can name. */
const DETAIL = /^[a-z][a-z0-9_]{0,63}$/;
const HTTP = /^https?:\/\//i;

/** Columns of an image that are counted. */
type Counted = 'author' | 'license' | 'taken_date' | 'upload_date';

/** A record, and what is counted of it. */
export interface CountedRecord {
  readonly record: ImageRecord;
  readonly counted: CountedImage;
}

/** Makes records out of rows: what travels of an image, with its links by natural key. */
export class RowRecords {
  /** The columns of `images` that a record is made of, as {@link SurveyRow} has them. */
  readonly imageColumns: readonly ImageColumn[];
  readonly #archive: Archive;
  /** Where {@link imageColumns} has the columns that are counted; -1 for those that are missing. */
  readonly #positions: { readonly [column in Counted]: number };
  readonly #tags: LinkTargets<TagLink>;
  readonly #albums: LinkTargets<AlbumLink>;
  readonly #collections: LinkTargets<CollectionLink>;
  readonly #notes: Database.Statement<[number], Row> | null;
  readonly #marked: Database.Statement<[number], Row> | null;
  /** Texts that travel without some of their characters, or with {@link UNREADABLE} in their place. */
  repaired = 0;
  #valuesLeftOut = 0;
  /** Authors whose row does not travel as it is: a series may have them in each volume, and they count once. */
  readonly #countedAuthors = new Set<string>();

  constructor(archive: Archive, options: { readonly includePersonal: boolean }) {
    this.#archive = archive;
    this.imageColumns = archive.shape
      .select('images', IMAGE_COLUMNS)
      .filter((column) => column !== 'sha256_hash');
    const at = (column: Counted) => this.imageColumns.indexOf(column);
    this.#positions = {
      author: at('author'),
      license: at('license'),
      taken_date: at('taken_date'),
      upload_date: at('upload_date'),
    };
    this.#tags = this.#targets<TagLink>('tags', ['count']);
    this.#albums = this.#targets<AlbumLink>('albums', ['title', 'url', 'is_public']);
    this.#collections = this.#targets<CollectionLink>('collections', ['title', 'url', 'is_public']);
    this.#notes = options.includePersonal
      ? this.#personal('image_notes', ['note', 'created_date', 'updated_date'], 'rowid')
      : null;
    this.#marked = options.includePersonal ? this.#personal('marked_images', ['marked_date'], 'rowid') : null;
  }

  #targets<T extends object>(kind: LinkKind, columns: readonly string[]): LinkTargets<T> {
    return new LinkTargets<T>(this.#archive, kind, columns, (row) => this.#values<T>(row));
  }

  /** Values, links and notes of the rows that travel, which no record can carry. */
  get leftOut(): number {
    return this.#valuesLeftOut + this.#tags.leftOut + this.#albums.leftOut + this.#collections.leftOut;
  }

  /** Columns of `images` that this version does not know and that stay behind. */
  unknownColumns(): string[] {
    const known = new Set<string>([...IMAGE_COLUMNS, ...LOCAL_COLUMNS]);
    return this.#archive.shape.columns('images').filter((column) => !known.has(column));
  }

  /** Reads what the rows of a page are linked to. */
  load(page: readonly SurveyRow[]): void {
    const images = JSON.stringify(page.map(({ id }) => id));
    for (const targets of [this.#tags, this.#albums, this.#collections]) targets.load(images);
  }

  /** Of a row of the page that was loaded last. */
  record(row: SurveyRow, file: FileReference | null): CountedRecord {
    const tags = this.#tags.of(row.id);
    const albums = this.#albums.of(row.id);
    const collections = this.#collections.of(row.id);
    const record: ImageRecord = {
      ...(file === null ? {} : { file }),
      image: this.#image(row, file),
      tags: tags.values,
      albums: albums.values,
      collections: collections.values,
      ...this.#personalParts(row.id),
    };
    return { record, counted: this.#counted(row, { tags, albums, collections }) };
  }

  /** Columns in the order of the format; the digest only where no file tells it. */
  #image({ image, digest }: SurveyRow, file: FileReference | null): { [column: string]: string } {
    const values: { [column: string]: string } = {};
    for (let at = 0; at < this.imageColumns.length; at += 1) {
      const column = this.imageColumns[at]!;
      const value = this.#text(image[at], LINKS.has(column));
      if (value !== null) values[column] = value;
    }
    if (file === null && digest !== null) values['sha256_hash'] = digest;
    return values;
  }

  #counted({ image }: SurveyRow, links: { readonly [kind in LinkKind]: Linked<object> }): CountedImage {
    const value = (column: Counted) => image[this.#positions[column]] ?? null;
    return {
      author: value('author'),
      license: value('license'),
      takenDate: value('taken_date'),
      uploadDate: value('upload_date'),
      links: { tags: links.tags.ids, albums: links.albums.ids, collections: links.collections.ids },
    };
  }

  #personalParts(id: number): Pick<ImageRecord, 'notes' | 'marked'> {
    const notes = (this.#notes?.all(id) ?? [])
      .map((row) => this.#values<Note>(row))
      .filter((note) => note.note !== undefined);
    const travelling = notes.slice(0, MAX_LINKS);
    this.#valuesLeftOut += notes.length - travelling.length;
    const marked = this.#marked?.get(id);
    return {
      ...(notes.length > 0 ? { notes: travelling } : {}),
      ...(marked === undefined ? {} : { marked: this.#values<{ marked_date?: string }>(marked) }),
    };
  }

  /** NULLs are left out, numbers stay whole numbers, the rest is text. */
  #values<T>(row: Row): T {
    const values: { [column: string]: string | number } = {};
    for (const [column, value] of Object.entries(row)) {
      if (column === 'count' || column === 'is_public') {
        const number = value === null || value === '' ? Number.NaN : Number(value);
        if (Number.isSafeInteger(number)) values[column] = number;
        else if (value !== null && value !== '') this.#valuesLeftOut += 1;
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
      this.#valuesLeftOut += 1;
      return null;
    }
    const text = raw.includes('\0') || !raw.isWellFormed() ? raw.replaceAll('\0', '').toWellFormed() : raw;
    if (text !== raw || text.includes(UNREADABLE)) this.repaired += 1;
    return text;
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
      if (this.#countedOnce(author, () => this.#text(author, false)) !== author) continue;
      yield {
        author,
        ...(row ? { details: this.#countedOnce(author, () => this.#details(row)) } : {}),
        ...(isFavorite ? { favorite: true } : {}),
      };
    }
  }

  #countedOnce<T>(author: string, make: () => T): T {
    const before = [this.repaired, this.#valuesLeftOut] as const;
    const made = make();
    if (this.repaired === before[0] && this.#valuesLeftOut === before[1]) return made;
    if (this.#countedAuthors.has(author)) [this.repaired, this.#valuesLeftOut] = before;
    this.#countedAuthors.add(author);
    return made;
  }

  #details(row: Row): { [column: string]: string | number } {
    const details: { [column: string]: string | number } = {};
    for (const column of Object.keys(row).sort()) {
      const value = row[column];
      if (column === 'id' || column === 'author' || value === null) continue;
      if (!DETAIL.test(column) || isForbiddenKey(column) || Object.keys(details).length >= MAX_DETAILS)
        this.#valuesLeftOut += 1;
      else if (typeof value === 'number' && isTravelling(value)) details[column] = value;
      else if (typeof value === 'string') {
        const text = this.#text(value, false);
        if (text !== null) details[column] = text;
      } else this.#valuesLeftOut += 1;
    }
    return details;
  }
}

/** JSON has no infinities, and readers refuse whole numbers that they might round. */
function isTravelling(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}
