import type Database from 'better-sqlite3';
import { LINK_KINDS, LINK_TABLES } from '../archive/link-tables.ts';
import type { Shape } from '../archive/shape.ts';
import type { Kept, KeptReason } from './options.ts';
import { type LeftOut, References } from './references.ts';
import { insertsInto, PERSONAL_TABLES, type Step } from './steps.ts';
import { type RowValues, TableRows } from './table-rows.ts';
import type { Tally } from './tally.ts';

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

/** The column by which a person knows such a row. */
const KNOWN_BY: { readonly [table: string]: string } = {
  tags: LINK_TABLES.tags.naturalKey,
  albums: LINK_TABLES.albums.naturalKey,
  collections: LINK_TABLES.collections.naturalKey,
  author_details: 'author',
};

/** Tags, albums, collections, authors and personal rows that the operation made, the last first. */
export function otherInserts(db: Database.Database, shape: Shape): OtherInsert[] {
  const tables = [...PERSONAL_TABLES, 'author_details', ...LINK_KINDS].filter((table) => shape.has(table));
  return tables.flatMap((table) =>
    insertsInto(db, table).map((step) => ({
      step,
      what: WHAT[table] ?? 'personal',
      values: JSON.parse(step.new ?? '{}') as RowValues,
    })),
  );
}

/** What becomes of such a row: `gone` where somebody has deleted it since. */
export type OtherFate = 'gone' | 'remove' | KeptReason;

/** Decides about rows that stand beside the images, and takes them back. */
export class UndoOthers {
  readonly #rows: TableRows;
  readonly #references: References;

  constructor(db: Database.Database, shape: Shape, how: { readonly looksOnly: boolean }) {
    this.#rows = new TableRows(db);
    this.#references = new References(db, shape, how);
  }

  /** `leftOut` says which rows of the operation's own are no uses. */
  judge({ step: { table, key }, values }: OtherInsert, leftOut: LeftOut): OtherFate {
    if (!this.#rows.exists(table, key)) return 'gone';
    if (!this.#rows.isUnchanged(table, key, values)) return 'changed';
    return this.#references.isUsed(table, key, leftOut) ? 'used' : 'remove';
  }

  /** Returns whether the step is done with. */
  undo(insert: OtherInsert, tally: Tally): boolean {
    const fate = this.judge(insert, 'none');
    if (fate === 'remove') this.#rows.remove(insert.step.table, insert.step.key);
    countOther(insert, fate, tally);
    return fate === 'gone' || fate === 'remove';
  }
}

/** Counts what becomes of such a row. */
export function countOther({ step, what, values }: OtherInsert, fate: OtherFate, tally: Tally): void {
  if (fate === 'gone') return;
  if (fate !== 'remove') {
    const name = String(values[KNOWN_BY[step.table] ?? ''] ?? Object.values(values)[0] ?? step.key);
    tally.keep({ what, name, reason: fate });
  } else if (what === 'author') tally.authorsRemoved += 1;
  else if (what === 'personal') tally.personalRemoved += 1;
  else tally.targetsRemoved += 1;
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
