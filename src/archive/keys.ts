import type Database from 'better-sqlite3';
import { BundleError } from '../base/errors.ts';
import { NAMED_BY, type NumberedTable, OUT_OF_REACH } from './orphans.ts';

const TABLES = Object.keys(NAMED_BY) as NumberedTable[];

interface Column {
  readonly name: string;
  readonly type: string;
}

/** @throws BundleError `db-id-unusable` for ids so large that they would be rounded to those of other rows. */
export function checkIds(path: string, db: Database.Database): void {
  for (const table of TABLES.filter((name) => hasKey(db, name))) {
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
export function checkNewIds(path: string, db: Database.Database): void {
  const table = TABLES.find((name) => hasTable(db, name) && !hasKey(db, name));
  if (table !== undefined) throw new BundleError('db-no-keys', { params: { path, table } });
  if (!hasTable(db, 'sqlite_sequence')) return;
  const counter = db
    .prepare<[], { table: string; found: string }>(
      `SELECT name AS "table", CAST(seq AS TEXT) AS found FROM main.sqlite_sequence
       WHERE name IN (${TABLES.map((name) => `'${name}'`).join()}) AND seq >= ${OUT_OF_REACH} LIMIT 1`,
    )
    .get();
  if (counter !== undefined) throw new BundleError('db-counter-unusable', { params: { path, ...counter } });
}

/** True where ids are no primary keys, or where columns that name rows by their ids may hold them as texts. */
export function lacksKeys(db: Database.Database): boolean {
  return (
    TABLES.some((table) => hasColumn(db, table, 'id') && !hasKey(db, table)) ||
    namingColumns(db).some(([table, column]) => !isWholeNumber(db, table, column))
  );
}

/**
 * Gives the tables of a copy the keys that they lack. Rows without an id get one that nothing names;
 * links whose ids are texts get them as numbers. `path` is the original.
 *
 * @throws BundleError `db-id-unusable`, `db-id-twice`
 */
export function giveKeys(db: Database.Database, path: string): void {
  db.pragma('foreign_keys = OFF');
  db.pragma('legacy_alter_table = ON');
  const others = db
    .prepare<[], { type: string; name: string }>(
      `SELECT type, name FROM main.sqlite_master WHERE type IN ('view', 'trigger')`,
    )
    .all();
  for (const { type, name } of others) db.exec(`DROP ${type} IF EXISTS main.${quoted(name)}`);
  for (const table of new Set(namingColumns(db).map(([from]) => from)))
    rebuild(db, table, namesIn(db, table));
  for (const table of TABLES) {
    if (!hasColumn(db, table, 'id') || hasKey(db, table)) continue;
    checkUnkeyed(db, path, table);
    rebuild(db, table, ['id'], ['id']);
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

/** Writes a table anew: some columns as whole numbers, and those in `key` as its primary key. */
function rebuild(
  db: Database.Database,
  table: string,
  numbers: readonly string[],
  key: readonly string[] = [],
): void {
  const columns = columnsOf(db, table).map(({ name }) => name);
  const defined = columns.map((name) => {
    const type = numbers.includes(name) ? 'INTEGER' : '';
    return `${quoted(name)} ${type}${key.includes(name) ? ' PRIMARY KEY' : ''}`;
  });
  const next = key.length > 0 ? `, (SELECT ${freeId(db, table as NumberedTable)} AS indabundle_free)` : '';
  const values = columns.map((name) =>
    key.includes(name)
      ? 'CASE WHEN id IS NULL THEN indabundle_free + row_number() OVER (ORDER BY id IS NOT NULL) ELSE CAST(id AS INTEGER) END'
      : quoted(name),
  );
  db.exec(`CREATE TABLE main.indabundle_keyed (${defined.join(', ')});
    INSERT INTO main.indabundle_keyed SELECT ${values.join(', ')} FROM main.${quoted(table)}${next};
    DROP TABLE main.${quoted(table)};
    ALTER TABLE main.indabundle_keyed RENAME TO ${quoted(table)}`);
  for (const column of key.length > 0 ? [] : numbers)
    db.exec(
      `CREATE INDEX main.${quoted(`indabundle_${table}_${column}`)} ON ${quoted(table)} (${quoted(column)})`,
    );
}

/** An expression: the largest id that a row of the table has, or that others name. */
function freeId(db: Database.Database, table: NumberedTable): string {
  const named = namingColumns(db).filter((pair) => isNamedBy(table, pair));
  const largest = [...named, [table, 'id'] as const].map(
    ([from, column]) =>
      `coalesce((SELECT max(CAST(${column} AS INTEGER)) FROM main.${from} WHERE CAST(${column} AS INTEGER) < ${OUT_OF_REACH}), 0)`,
  );
  return `max(0, ${largest.join(', ')})`;
}

type Pair = readonly [table: string, column: string];

function isNamedBy(table: NumberedTable, [from, column]: Pair): boolean {
  return NAMED_BY[table].some((pair) => pair[0] === from && pair[1] === column);
}

/** The columns of this database that name rows of others by their ids. */
function namingColumns(db: Database.Database): Pair[] {
  const pairs = Object.values(NAMED_BY).flat() as Pair[];
  return pairs.filter(([table, column]) => hasColumn(db, table, column));
}

function namesIn(db: Database.Database, table: string): string[] {
  return namingColumns(db).flatMap(([from, column]) => (from === table ? column : []));
}

/** By its declared type, which makes numbers of texts that are some. */
function isWholeNumber(db: Database.Database, table: string, column: string): boolean {
  return columnsOf(db, table).some(({ name, type }) => name === column && /INT/i.test(type));
}

function columnsOf(db: Database.Database, table: string): Column[] {
  return db.prepare<[string], Column>(`SELECT name, type FROM pragma_table_info(?, 'main')`).all(table);
}

function hasColumn(db: Database.Database, table: string, column: string): boolean {
  return columnsOf(db, table).some(({ name }) => name === column);
}

function hasTable(db: Database.Database, table: string): boolean {
  return (
    db.prepare(`SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = ?`).get(table) !== undefined
  );
}

function hasKey(db: Database.Database, table: NumberedTable): boolean {
  const find = db.prepare(
    `SELECT 1 FROM pragma_table_list list JOIN pragma_table_info(list.name) info
     WHERE list.schema = 'main' AND list.name = ? AND wr = 0 AND info.name = 'id' AND pk = 1 AND upper(info.type) = 'INTEGER'
     AND NOT EXISTS (SELECT 1 FROM pragma_table_info(list.name) WHERE pk = 2)`,
  );
  return find.get(table) !== undefined;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
