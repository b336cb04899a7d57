import type Database from 'better-sqlite3';
import type { Digest } from '../base/digest.ts';
import { MAX_LINKS } from '../base/limits.ts';
import type { LinkKind } from '../archive/link-tables.ts';
import {
  type AlbumLink,
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
import type { CountedImage } from './page-counts.ts';
import type { ThreadArchive } from '../archive/thread-archive.ts';
import { type Losses, TravellingTexts } from './travelling-text.ts';

type Row = { readonly [column: string]: unknown };

const LINKS: ReadonlySet<string> = new Set(LINK_COLUMNS);

/** An image as its row has it. */
export interface ImageRow {
  readonly id: number;
  /** In the order of {@link RowRecords.imageColumns}; what is behind them is none of a record's business. */
  readonly image: readonly unknown[];
}

/** Columns of an image that are counted. */
type Counted = 'author' | 'license' | 'taken_date' | 'upload_date';

/** A record, and what is counted of it. */
export interface CountedRecord {
  readonly record: ImageRecord;
  readonly counted: CountedImage;
}

/** Makes records out of rows: what travels of an image, with its links by natural key. */
export class RowRecords {
  /** The columns of `images` that a record is made of. */
  readonly imageColumns: readonly ImageColumn[];
  readonly #archive: ThreadArchive;
  /** Where {@link imageColumns} has the columns that are counted; -1 for those that are missing. */
  readonly #positions: { readonly [column in Counted]: number };
  readonly #tags: LinkTargets<TagLink>;
  readonly #albums: LinkTargets<AlbumLink>;
  readonly #collections: LinkTargets<CollectionLink>;
  readonly #notes: Database.Statement<[number], Row> | null;
  readonly #marked: Database.Statement<[number], Row> | null;
  readonly #texts = new TravellingTexts();

  constructor(archive: ThreadArchive, options: { readonly includePersonal: boolean }) {
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
    return new LinkTargets<T>(this.#archive, kind, columns, (row, texts) => valuesOf<T>(row, texts));
  }

  /** What did not travel of images as it was, beside what {@link targetLosses} tells. */
  get losses(): Losses {
    const { repaired, leftOut } = this.#texts;
    const links = this.#tags.leftOut + this.#albums.leftOut + this.#collections.leftOut;
    return { repaired, leftOut: leftOut + links };
  }

  /** What does not travel of tags, albums and collections of images that were loaded last. */
  get targetLosses(): { readonly [kind in LinkKind]: ReadonlyMap<number, Losses> } {
    return { tags: this.#tags.losses, albums: this.#albums.losses, collections: this.#collections.losses };
  }

  /** Reads what images, whose ids are given as a JSON array, are linked to. */
  load(images: string): void {
    for (const targets of [this.#tags, this.#albums, this.#collections]) targets.load(images);
  }

  /** Of an image that was loaded last; its digest is told where no file tells it. */
  record(row: ImageRow, file: FileReference | null, digest: Digest | null): CountedRecord {
    const tags = this.#tags.of(row.id);
    const albums = this.#albums.of(row.id);
    const collections = this.#collections.of(row.id);
    const record: ImageRecord = {
      ...(file === null ? {} : { file }),
      image: this.#image(row, file === null ? digest : null),
      tags: tags.values,
      albums: albums.values,
      collections: collections.values,
      ...this.#personalParts(row.id),
    };
    return { record, counted: this.#counted(row, { tags, albums, collections }) };
  }

  /** Columns in the order of the format. */
  #image({ image }: ImageRow, digest: Digest | null): { [column: string]: string } {
    const values: { [column: string]: string } = {};
    for (let at = 0; at < this.imageColumns.length; at += 1) {
      const column = this.imageColumns[at]!;
      const value = this.#texts.text(image[at], LINKS.has(column));
      if (value !== null) values[column] = value;
    }
    if (digest !== null) values['sha256_hash'] = digest;
    return values;
  }

  #counted({ image }: ImageRow, links: { readonly [kind in LinkKind]: Linked<object> }): CountedImage {
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
      .map((row) => valuesOf<Note>(row, this.#texts))
      .filter((note) => note.note !== undefined);
    const travelling = notes.slice(0, MAX_LINKS);
    this.#texts.leftOut += notes.length - travelling.length;
    const marked = this.#marked?.get(id);
    return {
      ...(notes.length > 0 ? { notes: travelling } : {}),
      ...(marked === undefined ? {} : { marked: valuesOf<{ marked_date?: string }>(marked, this.#texts) }),
    };
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
}

/** NULLs are left out, numbers stay whole numbers, the rest is text. */
function valuesOf<T>(row: Row, texts: TravellingTexts): T {
  const values: { [column: string]: string | number } = {};
  for (const [column, value] of Object.entries(row)) {
    if (column === 'count' || column === 'is_public') {
      const number = value === null || value === '' ? Number.NaN : Number(value);
      if (Number.isSafeInteger(number)) values[column] = number;
      else if (value !== null && value !== '') texts.leftOut += 1;
      continue;
    }
    const text = texts.text(value, column === 'url');
    if (text !== null) values[column] = text;
  }
  return values as T;
}
