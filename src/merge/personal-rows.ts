import type Database from 'better-sqlite3';
import type { Journal } from '../archive/journal.ts';
import { RowInserter } from '../archive/row-inserter.ts';
import type { Shape } from '../archive/shape.ts';
import { Statements } from '../archive/statements.ts';
import type { ImageRecord } from '../manifest/types.ts';

type Values = { readonly [column: string]: string | number };

/** True for a record that carries what its owner wrote for himself. */
export function isPersonal(record: ImageRecord): boolean {
  return (record.notes?.length ?? 0) > 0 || record.marked !== undefined;
}

/**
 * Notes, marks and favourites, only on request. None of the explorer's tables but the favourites
 * forbids a second row, so each is looked for first: the same note of the same image, any mark of it.
 */
export class PersonalRows {
  readonly #shape: Shape;
  readonly #journal: Journal | null;
  readonly #statements: Statements;
  readonly #inserter: RowInserter;

  /** Without a journal it only tells what it would add. */
  constructor(db: Database.Database, shape: Shape, journal: Journal | null) {
    this.#shape = shape;
    this.#journal = journal;
    this.#statements = new Statements(db);
    this.#inserter = new RowInserter(db);
  }

  /** Adds the notes and the mark of an image that are not here; returns how many rows. */
  addTo(record: number, imageId: number, { notes, marked }: ImageRecord): number {
    let added = 0;
    if (this.#shape.hasColumn('image_notes', 'image_id')) {
      for (const note of notes ?? []) if (this.#addNote(record, { ...note, image_id: imageId })) added += 1;
    }
    if (marked !== undefined && this.#shape.hasColumn('marked_images', 'image_id'))
      added += this.#addMark(record, { ...marked, image_id: imageId }) ? 1 : 0;
    return added;
  }

  #addNote(record: number, note: Values): boolean {
    const found = this.#statements
      .get('SELECT 1 FROM main.image_notes WHERE image_id = ? AND note = ?')
      .get(note['image_id'], note['note']);
    return found === undefined && this.#insert(record, 'image_notes', note);
  }

  #addMark(record: number, mark: Values): boolean {
    const found = this.#statements
      .get('SELECT 1 FROM main.marked_images WHERE image_id = ?')
      .get(mark['image_id']);
    return found === undefined && this.#insert(record, 'marked_images', mark);
  }

  /** True when the author was no favourite here. */
  addFavorite(author: string, now: Date): boolean {
    if (!this.#shape.hasColumn('favorite_authors', 'author_name')) return false;
    const found = this.#statements
      .get('SELECT 1 FROM main.favorite_authors WHERE author_name = ?')
      .get(author);
    const favorite = { author_name: author, added_date: now.toISOString().slice(0, 19) };
    return found === undefined && this.#insert(null, 'favorite_authors', favorite);
  }

  /** False where a trigger ignored it. */
  #insert(record: number | null, table: string, values: Values): boolean {
    if (this.#journal === null) return true;
    const columns = this.#shape.select(table, Object.keys(values));
    const known = Object.fromEntries(columns.map((column) => [column, values[column]!]));
    const row = this.#inserter.insert(table, known);
    if (row === null) return false;
    this.#journal.add({ record, outcome: null, table, key: row.key, new: row.made });
    return true;
  }
}
