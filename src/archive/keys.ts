import type Database from 'better-sqlite3';
import { BundleError } from '../base/errors.ts';
import { NAMED_BY, type NumberedTable, OUT_OF_REACH } from './orphans.ts';
import { quotedName } from './row-key.ts';
import type { Shape } from './shape.ts';

const TABLES = Object.keys(NAMED_BY) as NumberedTable[];

/** @throws BundleError `db-id-unusable` for ids so large that they would be rounded to those of other rows. */
export function checkIds(path: string, db: Database.Database, shape: Shape): void {
  for (const table of TABLES.filter((name) => shape.has(name) && hasKey(db, name))) {
    for (const beyond of [`>= ${OUT_OF_REACH}`, `<= -${OUT_OF_REACH}`]) {
      const select = `SELECT CAST(id AS TEXT) FROM main.${table} WHERE id ${beyond} LIMIT 1`;
      const found = db.prepare<[], string>(select).pluck().get();
      if (found !== undefined) throw new BundleError('db-id-unusable', { params: { path, table, found } });
    }
  }
}

/**
 * Rows that are added need ids: a table copied without its key gives none, and a counter that has
 * run away gives some that no program can count on.
 *
 * @throws BundleError `db-no-keys`, `db-counter-unusable`
 */
export function checkNewIds(path: string, db: Database.Database, shape: Shape): void {
  const table = TABLES.find((name) => shape.has(name) && !hasKey(db, name));
  if (table !== undefined) throw new BundleError('db-no-keys', { params: { path, table } });
  if (!shape.has('sqlite_sequence')) return;
  const counter = db
    .prepare<[], { table: string; found: string }>(
      `SELECT name AS "table", CAST(seq AS TEXT) AS found FROM main.sqlite_sequence
       WHERE name IN (${TABLES.map((name) => `'${name}'`).join()}) AND seq >= ${OUT_OF_REACH} LIMIT 1`,
    )
    .get();
  if (counter !== undefined) throw new BundleError('db-counter-unusable', { params: { path, ...counter } });
}

/** True where ids are no primary keys, or where columns that name rows by their ids may hold them as texts. */
export function lacksKeys(db: Database.Database, shape: Shape): boolean {
  return (
    unkeyed(db, shape).length > 0 ||
    namingColumns(shape).some(([table, column]) => !/INT/i.test(shape.typeOf(table, column)))
  );
}

function unkeyed(db: Database.Database, shape: Shape): NumberedTable[] {
  return TABLES.filter((table) => shape.hasColumn(table, 'id') && !hasKey(db, table));
}

/**
 * Gives the tables of a copy the keys that they lack. Rows without an id get one that nothing names;
 * links whose ids are texts get them as numbers. `path` is the original.
 *
 * @throws BundleError `db-id-unusable`, `db-id-twice`
 */
export function giveKeys(db: Database.Database, shape: Shape, path: string): void {
  db.pragma('foreign_keys = OFF');
  db.pragma('legacy_alter_table = ON');
  const others = db
    .prepare<[], { type: string; name: string }>(
      `SELECT type, name FROM main.sqlite_master WHERE type IN ('view', 'trigger')`,
    )
    .all();
  for (const { type, name } of others) db.exec(`DROP ${type} IF EXISTS main.${quotedName(name)}`);
  const naming = namingColumns(shape);
  for (const table of new Set(naming.map(([from]) => from))) {
    const columns = naming.flatMap(([from, column]) => (from === table ? column : []));
    numberColumns(db, shape, table, columns);
  }
  for (const table of unkeyed(db, shape)) {
    checkUnkeyed(db, path, table);
    makeKey(db, shape, table);
  }
}

/** Ids must be whole numbers, or texts of some, each once. */
function checkUnkeyed(db: Database.Database, path: string, table: NumberedTable): void {
  const number = 'CAST(CAST(id AS INTEGER) AS TEXT)';
  const unusable = `SELECT substr(CAST(id AS TEXT), 1, 100) FROM main.${table}
    WHERE id IS NOT NULL AND (typeof(id) = 'blob' OR trim(CAST(id AS TEXT)) NOT IN (${number}, ${number} || '.0')) LIMIT 1`;
  const found = db.prepare<[], string>(unusable).pluck().get();
  if (found !== undefined) throw new BundleError('db-id-unusable', { params: { path, table, found } });
  const twice = `SELECT ${number} FROM main.${table} WHERE id IS NOT NULL GROUP BY 1 HAVING count(*) > 1 LIMIT 1`;
  const several = db.prepare<[], string>(twice).pluck().get();
  if (several !== undefined)
    throw new BundleError('db-id-twice', { params: { path, table, found: several } });
}

/** Makes whole numbers of what columns hold, and lets rows be found by them. */
function numberColumns(db: Database.Database, shape: Shape, table: string, columns: readonly string[]): void {
  replaceTable(db, shape, table, new Map(columns.map((column) => [column, 'INTEGER'])), new Map());
  for (const column of columns)
    db.exec(
      `CREATE INDEX main."indabundle_${table}_${column}" ON ${quotedName(table)} (${quotedName(column)})`,
    );
}

/** Makes a primary key of the ids; rows without one get those behind all that are there or named. */
function makeKey(db: Database.Database, shape: Shape, table: NumberedTable): void {
  const free = Number(
    db
      .prepare(`SELECT ${largestId(shape, table)}`)
      .pluck()
      .get(),
  );
  const id = `CASE WHEN id IS NULL THEN ${free} + row_number() OVER (ORDER BY id IS NOT NULL) ELSE CAST(id AS INTEGER) END`;
  replaceTable(db, shape, table, new Map([['id', 'INTEGER PRIMARY KEY']]), new Map([['id', id]]));
}

/** Writes a table anew, some columns with other types or values. */
function replaceTable(
  db: Database.Database,
  shape: Shape,
  table: string,
  types: ReadonlyMap<string, string>,
  values: ReadonlyMap<string, string>,
): void {
  const columns = shape.columns(table);
  const defined = columns.map((name) => `${quotedName(name)} ${types.get(name) ?? ''}`);
  const selected = columns.map((name) => values.get(name) ?? quotedName(name));
  db.exec(`CREATE TABLE main.indabundle_keyed (${defined.join(', ')});
    INSERT INTO main.indabundle_keyed SELECT ${selected.join(', ')} FROM main.${quotedName(table)};
    DROP TABLE main.${quotedName(table)};
    ALTER TABLE main.indabundle_keyed RENAME TO ${quotedName(table)}`);
}

type Pair = readonly [table: string, column: string];

/** An expression: the largest id that a row of the table has, or that others name. */
function largestId(shape: Shape, table: NumberedTable): string {
  const places: Pair[] = [...present(shape, NAMED_BY[table]), [table, 'id']];
  const largest = places.map(
    ([from, column]) =>
      `coalesce((SELECT max(CAST(${column} AS INTEGER)) FROM main.${from} WHERE CAST(${column} AS INTEGER) < ${OUT_OF_REACH}), 0)`,
  );
  return `max(0, ${largest.join(', ')})`;
}

/** The columns of this database that name rows of others by their ids. */
const namingColumns = (shape: Shape) => present(shape, Object.values(NAMED_BY).flat());

function present(shape: Shape, pairs: readonly Pair[]): Pair[] {
  return pairs.filter(([table, column]) => shape.hasColumn(table, column));
}

function hasKey(db: Database.Database, table: NumberedTable): boolean {
  const find = db.prepare(
    `SELECT 1 FROM pragma_table_list list JOIN pragma_table_info(list.name) info
     WHERE list.schema = 'main' AND list.name = ? AND wr = 0 AND info.name = 'id' AND pk = 1 AND upper(info.type) = 'INTEGER'
     AND NOT EXISTS (SELECT 1 FROM pragma_table_info(list.name) WHERE pk = 2)`,
  );
  return find.get(table) !== undefined;
}
