import type Database from 'better-sqlite3';
import { LINK_KINDS, LINK_TABLES } from '../archive/link-tables.ts';
import { quotedName } from '../archive/row-key.ts';
import type { LookedForColumn } from '../archive/revert-indexes.ts';
import type { Shape } from '../archive/shape.ts';
import { insertedInto, PERSONAL_TABLES } from './steps.ts';
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
  readonly #looksOnly: boolean;
  readonly #rows: TableRows;
  readonly #uses = new Map<string, readonly Use[]>();
  readonly #personal: readonly OwnRows[];

  /** Who `looksOnly` may not make indexes (see {@link referencingColumns}), and hears of uses as they were when he first asked. */
  constructor(db: Database.Database, shape: Shape, { looksOnly }: { readonly looksOnly: boolean }) {
    this.#db = db;
    this.#looksOnly = looksOnly;
    this.#rows = new TableRows(db);
    const has = (table: string) => shape.hasColumn(table, 'image_id') && insertedInto(db, table);
    this.#personal = PERSONAL_TABLES.filter(has).map((table) => ({
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
    const uses = referencesTo(this.#db, table).map((reference, at) => {
      const column = this.#looksOnly && this.#isNumberedById(table) ? namingIds(reference) : null;
      const sql =
        column === null
          ? this.#sql(table, reference, leftOut)
          : this.#gather(`${name} ${at}`, column, leftOut);
      return this.#db.prepare<[{ key: string }], unknown>(sql);
    });
    this.#uses.set(name, uses);
    return uses;
  }

  /** One pass over all rows instead of one for each that is asked about. */
  #gather(name: string, { table, column }: LookedForColumn, leftOut: LeftOut): string {
    const [used, named] = [`temp.${quotedName(`used ${name}`)}`, quotedName(column)];
    const others = leftOut === 'none' ? '' : `WHERE NOT (${this.#isOurs(table, leftOut)})`;
    this.#db.exec(`DROP TABLE IF EXISTS ${used}; CREATE TEMP TABLE ${quotedName(`used ${name}`)} (target INTEGER);
      INSERT INTO ${used} SELECT DISTINCT ${named} FROM main.${quotedName(table)} ${others};
      CREATE INDEX temp.${quotedName(`use ${name}`)} ON ${quotedName(`used ${name}`)} (target)`);
    return `SELECT 1 FROM ${used} WHERE target = CAST(@key AS INTEGER) LIMIT 1`;
  }

  #isNumberedById(table: string): boolean {
    const { isNumber, columns } = this.#rows.keyOf(table);
    return isNumber && !columns.some((column) => column.toLowerCase() === 'id');
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

/** The column whose values are ids, of a reference by ids. */
function namingIds({ table, columns: [only, more] }: Reference): LookedForColumn | null {
  return more === undefined && only?.to.toLowerCase() === 'id' ? { table, column: only.from } : null;
}

/** Columns by which uses of a table's rows are looked for. */
export function referencingColumns(db: Database.Database, table: string): LookedForColumn[] {
  return referencesTo(db, table).flatMap((reference) => {
    const [first] = reference.columns;
    return first === undefined ? [] : { table: reference.table, column: first.from };
  });
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
