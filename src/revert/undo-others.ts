import type Database from 'better-sqlite3';
import { LINK_KINDS, LINK_TABLES } from '../archive/link-tables.ts';
import type { Shape } from '../archive/shape.ts';
import type { Kept } from './options.ts';
import { insertsInto, PERSONAL_TABLES, type Step } from './steps.ts';
import type { Tally } from './tally.ts';
import { isUnchanged, type RowValues } from './unchanged.ts';

/** A row that the operation inserted into one of the tables that stand beside the images. */
export interface OtherInsert {
  readonly step: Step;
  readonly what: Kept['what'];
  readonly values: RowValues;
}

const WHAT: { readonly [table: string]: Kept['what'] } = {
  tags: 'tag',
  albums: 'album',
  collections: 'collection',
  author_details: 'author',
};

/** Tags, albums, collections, authors and personal rows that the operation made, the last first. */
export function otherInserts(db: Database.Database, shape: Shape): OtherInsert[] {
  const tables = [...PERSONAL_TABLES, 'author_details', ...LINK_KINDS].filter((table) => shape.has(table));
  return tables.flatMap((table) =>
    insertsInto(db, table).map((step) => ({
      step,
      what: WHAT[table] ?? 'personal',
      values: parseValues(table, step),
    })),
  );
}

function parseValues(table: string, step: Step): RowValues {
  const text = step.new ?? '{}';
  if (text.startsWith('{')) return JSON.parse(text) as RowValues;
  const key = LINK_KINDS.find((kind) => kind === table);
  return { [key === undefined ? 'author' : LINK_TABLES[key].naturalKey]: text };
}

/** Takes such a row back, where it is unchanged and nothing uses it; returns whether the step is done with. */
export function undoOther(db: Database.Database, { step, what, values }: OtherInsert, tally: Tally): boolean {
  const { table, key } = step;
  const id = Number(key);
  const name = String(Object.values(values)[0] ?? key);
  if (db.prepare(`SELECT 1 FROM main."${table}" WHERE rowid = ?`).get(id) === undefined) return true;
  if (!isUnchanged(db, table, id, values)) {
    tally.keep({ what, name, reason: 'changed' });
    return false;
  }
  if (isLinked(db, table, id)) {
    tally.keep({ what, name, reason: 'used' });
    return false;
  }
  db.prepare(`DELETE FROM main."${table}" WHERE rowid = ?`).run(id);
  if (what === 'author') tally.authorsRemoved += 1;
  else if (what === 'personal') tally.personalRemoved += 1;
  else tally.targetsRemoved += 1;
  return true;
}

function isLinked(db: Database.Database, table: string, id: number): boolean {
  const kind = LINK_KINDS.find((name) => name === table);
  if (kind === undefined) return false;
  const { junction, column } = LINK_TABLES[kind];
  return db.prepare(`SELECT 1 FROM main.${junction} WHERE ${column} = ? LIMIT 1`).get(id) !== undefined;
}

/** Steps that say which id a table gave last before the operation. */
function sequenceSteps(db: Database.Database): Step[] {
  return db
    .prepare<[], Step>(
      `SELECT sequence, "table", "key", "column", old, new FROM temp.steps WHERE "table" = 'sqlite_sequence'`,
    )
    .all();
}

/**
 * Notes the largest id that the operation gave in each table, before the steps that say so are taken
 * back: a run that goes on after one that was killed does not see them any more.
 */
export function noteLargest(db: Database.Database, operationId: string): void {
  const note = (schema: string, where: string) =>
    db.prepare(`UPDATE ${schema} SET new = @largest WHERE ${where} sequence = @sequence`);
  const booked = note('main.indabundle_journal', 'operation = @operationId AND');
  const loaded = note('temp.steps', '');
  for (const step of sequenceSteps(db)) {
    const largest = Math.max(Number(step.new ?? 0), largestInsert(db, step.key));
    booked.run({ largest: String(largest), sequence: step.sequence, operationId });
    loaded.run({ largest: String(largest), sequence: step.sequence });
  }
}

/** The largest id that the operation gave in a table, as `temp.steps` has it. */
function largestInsert(db: Database.Database, table: string): number {
  return Number(
    db
      .prepare(`SELECT max(CAST("key" AS INTEGER)) FROM temp.steps WHERE "table" = ? AND "column" IS NULL`)
      .pluck()
      .get(table) ?? 0,
  );
}

/**
 * Gives the tables' next ids back, where the operation's own were the last: whoever inserted since
 * keeps the ids that he has.
 */
export function undoSequences(db: Database.Database): void {
  const given = db.prepare<[string], number>('SELECT seq FROM main.sqlite_sequence WHERE name = ?').pluck();
  for (const { key: table, old, new: largestOfOurs } of sequenceSteps(db)) {
    const now = given.get(table);
    if (now === undefined || now !== Number(largestOfOurs)) continue;
    const largest = Number(db.prepare(`SELECT max(rowid) FROM main."${table}"`).pluck().get() ?? 0);
    if (old === null && largest === 0)
      db.prepare('DELETE FROM main.sqlite_sequence WHERE name = ?').run(table);
    else
      db.prepare('UPDATE main.sqlite_sequence SET seq = ? WHERE name = ?').run(
        BigInt(Math.max(Number(old ?? 0), largest)), // a number would be stored as 1.0
        table,
      );
  }
}
