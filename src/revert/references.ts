import type Database from 'better-sqlite3';
import { LINK_KINDS, LINK_TABLES, type LinkKind } from '../archive/link-tables.ts';
import { quotedName } from '../archive/row-key.ts';
import type { Shape } from '../archive/shape.ts';
import { PERSONAL_TABLES } from './steps.ts';
import { type RowValues, TableRows } from './table-rows.ts';

/** Columns of one table that together name a row of another. */
interface Reference {
  readonly table: string;
  readonly columns: readonly { readonly from: string; readonly to: string }[];
}

interface ForeignKeyRow {
  readonly id: number;
  readonly table: string;
  readonly from: string;
  readonly to: string | null;
}

/**
 * Which rows of the operation's own do not count as uses: none, all of them, or those that go with
 * their images (see `temp.staying`).
 */
export type LeftOut = 'none' | 'ours' | 'going';

type Use = Database.Statement<[{ key: string }], unknown>;

/** By these names every table that has them means the id of such a row, declared or not. */
const NAMED_BY: { readonly [table: string]: string } = { images: 'image_id', tags: 'tag_id' };

/** Tells whether something else than the operation itself uses a row that it made. */
export class References {
  readonly #db: Database.Database;
  readonly #rows: TableRows;
  readonly #uses = new Map<string, readonly Use[]>();
  readonly #personal: readonly OwnRows[];

  constructor(db: Database.Database, shape: Shape) {
    this.#db = db;
    this.#rows = new TableRows(db);
    this.#personal = PERSONAL_TABLES.filter((table) => shape.hasColumn(table, 'image_id')).map((table) => ({
      table,
      select: db.prepare(ownRows(table, this.#rows.keyOf(table).text)),
    }));
  }

  /** Notes and marks of the operation's own that somebody has written over. */
  isRewritten(imageId: number): boolean {
    return this.#personal.some(({ table, select }) =>
      select
        .all(imageId)
        .some(({ key, made }) => !this.#rows.isUnchanged(table, key, JSON.parse(made) as RowValues)),
    );
  }

  /** Links, notes, marks or rows of tables of the user's own, whether or not they would go with it by a rule of the database. */
  isUsed(table: string, key: string, leftOut: LeftOut): boolean {
    return this.#usesOf(table, leftOut).some((use) => use.get({ key }) !== undefined);
  }

  #usesOf(table: string, leftOut: LeftOut): readonly Use[] {
    const name = `${leftOut} ${table}`;
    const known = this.#uses.get(name);
    if (known !== undefined) return known;
    const uses = referencesTo(this.#db, table).map((reference) => {
      const kind = leftOut === 'going' ? linkKindOf(reference) : null;
      const sql = kind === null ? this.#sql(table, reference, leftOut) : this.#gather(kind);
      return this.#db.prepare<[{ key: string }], unknown>(sql);
    });
    this.#uses.set(name, uses);
    return uses;
  }

  /** One pass over all links: who only looks may not make the index that finding them one by one would take. */
  #gather(kind: LinkKind): string {
    const { junction, column } = LINK_TABLES[kind];
    this.#db.exec(`CREATE TEMP TABLE used_${kind} (target INTEGER PRIMARY KEY);
      INSERT OR IGNORE INTO temp.used_${kind} SELECT ${column} FROM main.${junction} WHERE typeof(${column}) = 'integer' AND NOT (${this.#isOurs(junction, 'going')})`);
    return `SELECT 1 FROM temp.used_${kind} WHERE target = CAST(@key AS INTEGER)`;
  }

  #sql(target: string, { table, columns }: Reference, leftOut: LeftOut): string {
    const own = `main.${quotedName(target)} WHERE ${this.#rows.keyOf(target).is}`;
    const pairs = columns.map(
      ({ from, to }) => `${quotedName(from)} = (SELECT ${quotedName(to)} FROM ${own})`,
    );
    const others = leftOut === 'none' ? [] : [`NOT (${this.#isOurs(table, leftOut)})`];
    return `SELECT 1 FROM main.${quotedName(table)} WHERE ${[...pairs, ...others].join(' AND ')} LIMIT 1`;
  }

  /** A condition: the row at hand was made by the operation, and does not stay. */
  #isOurs(table: string, leftOut: LeftOut): string {
    const goes = (image: string) =>
      leftOut === 'going' ? ` AND ${image} NOT IN (SELECT image FROM temp.staying)` : '';
    const kind = kindLinkedBy(table);
    if (kind !== undefined) {
      const { junction, column } = LINK_TABLES[kind];
      return `EXISTS (SELECT 1 FROM temp.links ours WHERE ours.junction = '${junction}' AND ours.image = ${junction}.image_id
        AND ours.target = ${junction}.${column}${goes('ours.image')})`;
    }
    const key = this.#rows.keyOf(table).text;
    const name = table.replaceAll("'", "''");
    return `${key} IN (SELECT "key" FROM temp.steps WHERE "table" = '${name}')${table === 'images' ? goes('id') : ''}`;
  }
}

const kindLinkedBy = (table: string) => LINK_KINDS.find((kind) => LINK_TABLES[kind].junction === table);

/** The kind of targets whose ids this reference names; null for any other reference. */
function linkKindOf({ table, columns }: Reference): LinkKind | null {
  const kind = kindLinkedBy(table);
  const [only, more] = columns;
  const namesIds = more === undefined && only?.to === 'id';
  return kind !== undefined && namesIds && only.from === LINK_TABLES[kind].column ? kind : null;
}

interface OwnRows {
  readonly table: string;
  readonly select: Database.Statement<[number], { readonly key: string; readonly made: string }>;
}

function ownRows(table: string, key: string): string {
  return `SELECT step."key", step.new AS made FROM temp.steps step
          WHERE step."table" = '${table}' AND step."key" IN (SELECT ${key} FROM main.${table} WHERE image_id = ?)`;
}

/** Whatever declares that it names rows of a table, or has a column of the name for that; but for the books. */
function referencesTo(db: Database.Database, target: string): Reference[] {
  const tables = db
    .prepare<[], string>(
      `SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT GLOB 'sync_*' AND name NOT GLOB 'indabundle_*'
       AND name NOT GLOB 'sqlite_*' AND sql NOT LIKE 'CREATE VIRTUAL%'`,
    )
    .pluck()
    .all();
  const columnsOf = db.prepare<[string], string>('SELECT name FROM pragma_table_xinfo(?)').pluck();
  const targetColumns = new Set(columnsOf.all(target).map((name) => name.toLowerCase()));
  const isWhole = ({ columns }: Reference) => columns.every(({ to }) => targetColumns.has(to.toLowerCase()));
  const found = tables.flatMap((table) => {
    const named = columnsOf.all(table).filter((column) => namesRowOf(table, column, target));
    const byName = named.map((from) => ({ table, columns: [{ from, to: 'id' }] }));
    return [...byName, ...declared(db, table, target)].filter(isWhole);
  });
  return [...new Map(found.map((reference) => [JSON.stringify(reference), reference])).values()];
}

function namesRowOf(table: string, column: string, target: string): boolean {
  const kind = kindLinkedBy(table);
  const own = kind === target ? LINK_TABLES[kind].column : NAMED_BY[target];
  return column.toLowerCase() === own;
}

function declared(db: Database.Database, table: string, target: string): Reference[] {
  const rows = db
    .prepare<[string, string], ForeignKeyRow>(
      `SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) WHERE "table" = ? COLLATE NOCASE ORDER BY id, seq`,
    )
    .all(table, target);
  const primary = db
    .prepare<[string], string>('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk')
    .pluck()
    .all(target);
  const keys = new Map<number, ForeignKeyRow[]>();
  for (const row of rows) keys.set(row.id, [...(keys.get(row.id) ?? []), row]);
  return [...keys.values()].map((parts) => ({
    table,
    columns: parts.map(({ from, to }, at) => ({ from, to: to ?? primary[at] ?? '' })),
  }));
}
