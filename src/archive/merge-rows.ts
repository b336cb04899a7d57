import type Database from 'better-sqlite3';
import type { Journal } from './journal.ts';
import {
  canLink,
  FIND_TARGET,
  insertLinks,
  LINK_KINDS,
  LINK_TABLES,
  type LinkKind,
  type Links,
  type LinkTarget,
} from './link-tables.ts';
import type { LocalImage } from './local-index.ts';
import { idBehindOrphans } from './orphans.ts';
import { type InsertedRow, RowInserter, RowRefused, type RowValues } from './row-inserter.ts';
import { quotedName } from './row-key.ts';
import { hasUniqueIndex } from './schema-rules.ts';
import type { Shape } from './shape.ts';
import { Statements } from './statements.ts';

/** Values of `images` columns under their own names; all text. */
export type ImageValues = { readonly [column: string]: string };

/** Links of one statement. */
const MOST_TOGETHER = 16;

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
  readonly #inserter: RowInserter;
  /** Tables whose first new id was chosen with the orphans in mind. */
  readonly #orphans = new Set<string>();
  /** Ids by natural key, as far as they were met while nobody else has written. */
  readonly #known: { readonly [kind in LinkKind]: Map<string, number> } = {
    tags: new Map(),
    albums: new Map(),
    collections: new Map(),
  };

  readonly #inserts: { readonly [kind in LinkKind]: Database.Statement[] } = {
    tags: [],
    albums: [],
    collections: [],
  };

  /** Without a journal it only tells what it would change. */
  constructor(db: Database.Database, shape: Shape, journal: Journal | null) {
    this.#db = db;
    this.#statements = new Statements(db);
    this.#inserter = new RowInserter(db);
    this.#shape = shape;
    this.#linkable = LINK_KINDS.filter((kind) => canLink(shape, kind));
    this.#journal = journal;
  }

  /** What is known of tags, albums and collections may have changed: somebody has written, or we rolled back. */
  forget(): void {
    for (const kind of LINK_KINDS) this.#known[kind].clear();
    this.#orphans.clear();
  }

  /**
   * Returns the new row. `values` holds column names from a fixed list only.
   *
   * @throws RowRefused
   */
  insertImage(record: number, values: ImageValues): LocalImage {
    const taken = this.#insertable(values);
    const row = this.#insert('images', taken);
    if (row === null) throw new RowRefused('a trigger ignored it');
    this.#journal?.add({ record, outcome: null, table: 'images', key: row.key, new: row.made });
    return {
      id: Number(row.key),
      url: taken['url'] ?? null,
      page_url: taken['page_url'] ?? null,
      local_path: taken['local_path'] ?? null,
      sha256_hash: taken['sha256_hash'] ?? null,
    };
  }

  /** What a new row can have of these values: nearly always all of them. */
  #insertable(values: ImageValues): ImageValues {
    let isWhole = true;
    const taken: { [column: string]: string } = {};
    for (const column in values) {
      const value = values[column]!;
      if (this.#shape.hasColumn('images', column) && this.#isFree(column, value)) taken[column] = value;
      else isWhole = false;
    }
    return isWhole ? values : taken;
  }

  /** Fills columns that are NULL here; returns how many. */
  fillImage(record: number, id: number, values: ImageValues): number {
    const empty = this.#emptyColumns(id, values);
    if (this.#journal === null) return empty.length;
    return empty.filter((column) => this.#setColumn(record, id, column, null, values[column]!)).length;
  }

  /** False where a trigger ignored it. */
  #setColumn(record: number, id: number, column: string, old: string | null, value: string): boolean {
    const name = quotedName(column);
    const update = this.#prepare(`UPDATE OR ABORT images SET ${name} = ? WHERE id = ?`);
    if (update.run(value, id).changes === 0) return false;
    const step = { table: 'images', key: String(id), column, old, new: value };
    this.#journal?.add({ record, outcome: null, ...step });
    return true;
  }

  #emptyColumns(id: number, values: ImageValues): string[] {
    const columns = this.#shape
      .select('images', Object.keys(values))
      .filter((column) => column !== 'local_path');
    if (columns.length === 0) return [];
    const row = this.#prepare(`SELECT ${columns.map(quotedName).join(', ')} FROM images WHERE id = ?`).get(
      id,
    ) as Record<string, unknown> | undefined;
    if (!row) return [];
    return columns.filter((column) => row[column] === null && this.#isFree(column, values[column]!));
  }

  /** What must be unique here and another row has stays NULL: one row must not stop all others. */
  #isFree(column: string, value: string): boolean {
    if (!this.#isUnique(column)) return true;
    return this.#prepare(`SELECT 1 FROM images WHERE ${quotedName(column)} = ?`).get(value) === undefined;
  }

  readonly #unique = new Map<string, boolean>();

  #isUnique(column: string): boolean {
    const known = this.#unique.get(column);
    if (known !== undefined) return known;
    const unique = hasUniqueIndex(this.#db, 'images', column);
    this.#unique.set(column, unique);
    return unique;
  }

  /**
   * Sets columns to new values, whatever they were.
   *
   * @throws RowRefused
   */
  setImage(record: number, id: number, values: ImageValues): void {
    const columns = this.#shape.select('images', Object.keys(values));
    const before = this.#prepare(`SELECT ${columns.map(quotedName).join(', ')} FROM images WHERE id = ?`).get(
      id,
    ) as Record<string, string | null>;
    for (const column of columns) {
      if (before[column] === values[column]) continue;
      if (!this.#setColumn(record, id, column, before[column] ?? null, values[column]!))
        throw new RowRefused('a trigger ignored it');
    }
  }

  /** A `new` image has no links yet. Makes those that are missing, with the tags, albums and collections that are missing; returns how many links. */
  link(record: number, imageId: number, links: Links, image: 'new' | 'known' = 'known'): number {
    let added = 0;
    for (const kind of this.#linkable) added += this.#linkKind(record, imageId, image, kind, links[kind]);
    return added;
  }

  #linkKind(
    record: number,
    imageId: number,
    image: 'new' | 'known',
    kind: LinkKind,
    targets: readonly LinkTarget[],
  ): number {
    if (targets.length === 0) return 0;
    if (this.#journal === null) return this.#missingLinks(imageId, kind, targets);
    const ids: number[] = [];
    for (const target of targets) {
      const key = keyOf(kind, target);
      const id = this.#targetId(kind, key) ?? this.#insertTarget(record, kind, lastOf(targets, kind, key));
      if (id === null || ids.includes(id)) continue;
      this.#note(kind, key, id);
      ids.push(id);
    }
    const made = this.#insertLinks(imageId, image, kind, ids);
    if (made.length > 0) {
      const { junction } = LINK_TABLES[kind];
      const step = { table: junction, key: String(imageId), new: JSON.stringify(made) };
      this.#journal.add({ record, outcome: null, ...step });
    }
    return made.length;
  }

  /** Returns the ids of the targets that were not linked before. */
  #insertLinks(
    imageId: number,
    image: 'new' | 'known',
    kind: LinkKind,
    ids: readonly number[],
  ): readonly number[] {
    if (ids.length === 0) return ids;
    if (image !== 'new' || ids.length > MOST_TOGETHER) {
      const insert = this.#linkInserts(kind, 1);
      return ids.filter((id) => insert.run(imageId, id).changes > 0);
    }
    const pairs = ids.flatMap((id) => [imageId, id]);
    const { changes } = this.#linkInserts(kind, ids.length).run(pairs);
    return changes === ids.length ? ids : ids.filter((id) => this.#isLinked(kind, imageId, id));
  }

  /** Statements that insert so many links. */
  #linkInserts(kind: LinkKind, count: number): Database.Statement {
    this.#inserts[kind][count] ??= this.#db.prepare(insertLinks(kind, count));
    return this.#inserts[kind][count];
  }

  /** How many links {@link link} would make. */
  #missingLinks(imageId: number, kind: LinkKind, targets: readonly LinkTarget[]): number {
    const keys = new Set(targets.map((target) => keyOf(kind, target)));
    return [...keys].filter((key) => {
      const id = this.#targetId(kind, key);
      return id === null || !this.#isLinked(kind, imageId, id);
    }).length;
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

  /** Null where a trigger ignored it: the owner wants none of these, and no link to it. */
  #insertTarget(record: number, kind: LinkKind, target: LinkTarget): number | null {
    const { naturalKey, columns } = LINK_TABLES[kind];
    const values: { [column: string]: string | number } = { [naturalKey]: target[naturalKey]! };
    for (const column of this.#shape.select(kind, columns)) {
      const value = target[column];
      if (value !== undefined) values[column] = value;
    }
    const row = this.#insert(kind, values);
    if (row === null) return null;
    this.#journal?.add({ record, outcome: null, table: kind, key: row.key, new: row.made });
    return Number(row.key);
  }

  /** The new row's id lies behind all that orphaned rows of other tables name. */
  #insert(table: 'images' | LinkKind, values: RowValues): InsertedRow | null {
    const id = this.#orphans.has(table) ? null : idBehindOrphans(this.#db, this.#shape, table);
    const row = this.#inserter.insert(table, id === null ? values : { id, ...values });
    if (row !== null) this.#orphans.add(table);
    return row;
  }

  #prepare(sql: string): Database.Statement<unknown[], unknown> {
    return this.#statements.get(sql);
  }
}

const keyOf = (kind: LinkKind, target: LinkTarget) => String(target[LINK_TABLES[kind].naturalKey]);

/** A record may name one target more than once: what it says last counts. */
function lastOf(targets: readonly LinkTarget[], kind: LinkKind, key: string): LinkTarget {
  return targets.findLast((target) => keyOf(kind, target) === key)!;
}
