import type Database from 'better-sqlite3';
import type { Journal } from './journal.ts';
import {
  canLink,
  FIND_TARGET,
  INSERT_LINK,
  LINK_KINDS,
  LINK_TABLES,
  type LinkKind,
  type Links,
  type LinkTarget,
} from './link-tables.ts';
import type { LocalImage } from './local-index.ts';
import { idBehindOrphans } from './orphans.ts';
import { defaultedColumns, hasUniqueIndex } from './schema-rules.ts';
import type { Shape } from './shape.ts';
import { Statements } from './statements.ts';

/** Values of `images` columns under their own names; all text. */
export type ImageValues = { readonly [column: string]: string };

/** Of each kind: the tags of a large archive are more than need be kept. */
const MOST_KNOWN = 20_000;

/**
 * Adds to the archive's rows and never changes what is there: inserts images, fills columns that
 * are NULL, makes links by natural key. Every step goes to the journal. Runs inside the caller's
 * transaction.
 */
export class MergeRows {
  readonly #db: Database.Database;
  readonly #shape: Shape;
  readonly #linkable: readonly LinkKind[];
  readonly #journal: Journal | null;
  readonly #statements: Statements;
  /** Tables whose first new id was chosen with the orphans in mind. */
  readonly #orphans = new Set<string>();
  /** Ids by natural key, as far as they were met while nobody else has written. */
  readonly #known: { readonly [kind in LinkKind]: Map<string, number> } = {
    tags: new Map(),
    albums: new Map(),
    collections: new Map(),
  };

  /** Without a journal it only tells what it would change. */
  constructor(db: Database.Database, shape: Shape, journal: Journal | null) {
    this.#db = db;
    this.#statements = new Statements(db);
    this.#shape = shape;
    this.#linkable = LINK_KINDS.filter((kind) => canLink(shape, kind));
    this.#journal = journal;
  }

  /** What is known of tags, albums and collections may have changed: somebody has written, or we rolled back. */
  forget(): void {
    for (const kind of LINK_KINDS) this.#known[kind].clear();
  }

  /** Returns the new row. `values` holds column names from a fixed list only. */
  insertImage(record: number, values: ImageValues): LocalImage {
    const columns = this.#shape.select('images', Object.keys(values));
    const bound = columns.map((column) => (this.#isFree(column, values[column]!) ? values[column]! : null));
    const newId = this.#insert('images', columns, bound);
    const valueOf = (column: string) => bound[columns.indexOf(column)] ?? null;
    this.#journal?.add({
      record,
      outcome: null,
      table: 'images',
      key: String(newId),
      new: JSON.stringify({ ...this.#givenBySchema(newId), ...values }),
    });
    return {
      id: newId,
      url: valueOf('url'),
      page_url: valueOf('page_url'),
      local_path: valueOf('local_path'),
      sha256_hash: valueOf('sha256_hash'),
    };
  }

  /** What the schema puts into a new row by itself: whoever takes the row back must know it for no change of the user's. */
  #givenBySchema(id: number): ImageValues {
    this.#defaulted ??= defaultedColumns(this.#db, 'images');
    if (this.#journal === null || this.#defaulted.length === 0) return {};
    const row = this.#prepare(
      `SELECT ${this.#defaulted.map(quoted).join(', ')} FROM images WHERE id = ?`,
    ).get(id) as Record<string, unknown>;
    const given = Object.entries(row).filter(([, value]) => value !== null);
    return Object.fromEntries(given.map(([column, value]) => [column, String(value)]));
  }

  #defaulted: readonly string[] | null = null;

  /** Fills columns that are NULL here; returns how many. */
  fillImage(record: number, id: number, values: ImageValues): number {
    const columns = this.#emptyColumns(id, values);
    for (const column of columns) {
      if (!this.#journal) continue;
      this.#prepare(`UPDATE images SET ${quoted(column)} = ? WHERE id = ? AND ${quoted(column)} IS NULL`).run(
        values[column]!,
        id,
      );
      this.#journal.add({
        record,
        outcome: null,
        table: 'images',
        key: String(id),
        column,
        old: null,
        new: values[column]!,
      });
    }
    return columns.length;
  }

  #emptyColumns(id: number, values: ImageValues): string[] {
    const columns = this.#shape
      .select('images', Object.keys(values))
      .filter((column) => column !== 'local_path');
    if (columns.length === 0) return [];
    const row = this.#prepare(`SELECT ${columns.map(quoted).join(', ')} FROM images WHERE id = ?`).get(id) as
      | Record<string, unknown>
      | undefined;
    if (!row) return [];
    return columns.filter((column) => row[column] === null && this.#isFree(column, values[column]!));
  }

  /** What must be unique here and another row has stays NULL: one row must not stop all others. */
  #isFree(column: string, value: string): boolean {
    if (!this.#isUnique(column)) return true;
    return this.#prepare(`SELECT 1 FROM images WHERE ${quoted(column)} = ?`).get(value) === undefined;
  }

  readonly #unique = new Map<string, boolean>();

  #isUnique(column: string): boolean {
    const known = this.#unique.get(column);
    if (known !== undefined) return known;
    const unique = hasUniqueIndex(this.#db, 'images', column);
    this.#unique.set(column, unique);
    return unique;
  }

  /** Sets columns to new values, whatever they were. */
  setImage(record: number, id: number, values: ImageValues): void {
    const columns = this.#shape.select('images', Object.keys(values));
    const before = this.#prepare(`SELECT ${columns.map(quoted).join(', ')} FROM images WHERE id = ?`).get(
      id,
    ) as Record<string, string | null>;
    for (const column of columns) {
      if (before[column] === values[column]) continue;
      this.#prepare(`UPDATE images SET ${quoted(column)} = ? WHERE id = ?`).run(values[column]!, id);
      this.#journal?.add({
        record,
        outcome: null,
        table: 'images',
        key: String(id),
        column,
        old: before[column] ?? null,
        new: values[column]!,
      });
    }
  }

  /** Makes the links that are missing, with the tags, albums and collections that are missing; returns how many links. */
  link(record: number, imageId: number, links: Links): number {
    let added = 0;
    for (const kind of this.#linkable) added += this.#linkKind(record, imageId, kind, links[kind]);
    return added;
  }

  #linkKind(record: number, imageId: number, kind: LinkKind, targets: readonly LinkTarget[]): number {
    if (targets.length === 0) return 0;
    const { junction } = LINK_TABLES[kind];
    const made: number[] = [];
    let missing = 0;
    for (const target of targets) {
      const known = this.#targetId(kind, target.key);
      if (this.#journal === null) {
        if (known === null || !this.#isLinked(kind, imageId, known)) missing += 1;
        continue;
      }
      const id = known ?? this.#insertTarget(record, kind, target);
      this.#note(kind, target.key, id);
      const { changes } = this.#prepare(INSERT_LINK[kind]).run(imageId, id);
      if (changes > 0) made.push(id);
    }
    missing += made.length;
    if (made.length > 0)
      this.#journal?.add({
        record,
        outcome: null,
        table: junction,
        key: String(imageId),
        new: JSON.stringify(made),
      });
    return missing;
  }

  #note(kind: LinkKind, key: string, id: number): void {
    const known = this.#known[kind];
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, id);
  }

  #isLinked(kind: LinkKind, imageId: number, id: number): boolean {
    const { junction, column } = LINK_TABLES[kind];
    return (
      this.#prepare(`SELECT 1 FROM ${junction} WHERE image_id = ? AND ${column} = ?`).get(imageId, id) !==
      undefined
    );
  }

  #targetId(kind: LinkKind, key: string): number | null {
    const known = this.#known[kind].get(key);
    if (known !== undefined) return known;
    const id = this.#prepare(FIND_TARGET[kind]).pluck().get(key);
    return id === undefined ? null : Number(id);
  }

  #insertTarget(record: number, kind: LinkKind, target: LinkTarget): number {
    const columns = this.#shape.select(kind, Object.keys(target.values));
    const names = [LINK_TABLES[kind].naturalKey, ...columns];
    const id = this.#insert(kind, names, [
      target.key,
      ...columns.map((column) => bindable(target.values[column]!)),
    ]);
    const made = Object.fromEntries([
      [names[0]!, target.key],
      ...columns.map((column) => [column, target.values[column]!]),
    ]);
    this.#journal?.add({ record, outcome: null, table: kind, key: String(id), new: JSON.stringify(made) });
    return id;
  }

  /** Returns the new row's id, behind all ids that orphaned rows of other tables name. */
  #insert(table: 'images' | LinkKind, columns: readonly string[], values: readonly unknown[]): number {
    const id = this.#orphans.has(table) ? null : idBehindOrphans(this.#db, this.#shape, table);
    this.#orphans.add(table);
    const names = id === null ? columns : ['id', ...columns];
    const marks = names.map(() => '?').join(', ');
    const insert = this.#prepare(`INSERT INTO ${table} (${names.map(quoted).join(', ')}) VALUES (${marks})`);
    return Number(insert.run(...(id === null ? values : [id, ...values])).lastInsertRowid);
  }

  #prepare(sql: string): Database.Statement<unknown[], unknown> {
    return this.#statements.get(sql);
  }
}

/** A JavaScript number bound to a TEXT column would be stored as '123.0'; a whole number goes as an integer. */
export function bindable(value: string | number): string | number | bigint {
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

function quoted(column: string): string {
  return `"${column}"`;
}
