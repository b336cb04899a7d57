import type Database from 'better-sqlite3';
import { LINK_KINDS, LINK_TABLES, type LinkKind } from '../archive/link-tables.ts';

/** One step of the journal, to be taken back. */
export interface Step {
  readonly sequence: number;
  readonly table: string;
  readonly key: string;
  readonly column: string | null;
  readonly old: string | null;
  readonly new: string | null;
}

/** The personal tables that an apply may have added to. */
export const PERSONAL_TABLES = ['image_notes', 'marked_images', 'favorite_authors'] as const;

const JUNCTIONS = LINK_KINDS.map((kind) => `'${LINK_TABLES[kind].junction}'`).join();

/**
 * The journal of one operation in temporary tables with indexes: `temp.steps`, `temp.links` (one row
 * a link that it made), `temp.placed` (files that it put in place, with their digests) and
 * `temp.touched` (images that it had to do with).
 */
export function loadSteps(db: Database.Database, operationId: string): void {
  db.exec(
    ['steps', 'links', 'placed', 'touched'].map((table) => `DROP TABLE IF EXISTS temp.${table}`).join(';'),
  );
  db.exec(
    `CREATE TEMP TABLE steps (sequence INTEGER PRIMARY KEY, outcome TEXT, "table" TEXT, "key" TEXT, "column" TEXT, old TEXT, new TEXT)`,
  );
  db.prepare(`INSERT INTO temp.steps SELECT sequence, outcome, "table", "key", "column", old, new
              FROM main.indabundle_journal WHERE operation = ? AND sequence > 0`).run(operationId);
  db.exec(`CREATE INDEX temp.steps_key ON steps ("table", "key");
    CREATE TEMP TABLE links (junction TEXT, image INTEGER, target INTEGER, PRIMARY KEY (junction, image, target)) WITHOUT ROWID;
    INSERT OR IGNORE INTO temp.links SELECT step."table", CAST(step."key" AS INTEGER), made.value FROM temp.steps step, json_each(step.new) made WHERE step."table" IN (${JUNCTIONS});
    CREATE TEMP TABLE touched (id INTEGER PRIMARY KEY);
    INSERT OR IGNORE INTO temp.touched SELECT CAST("key" AS INTEGER) FROM temp.steps WHERE "table" IN ('images', ${JUNCTIONS});
    CREATE INDEX temp.links_target ON links (junction, target);
    CREATE TEMP TABLE placed (path TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
    INSERT OR REPLACE INTO temp.placed SELECT steps.new, files.file_hash FROM temp.steps JOIN main.sync_files files ON files.id = CAST(steps."key" AS INTEGER)
      WHERE steps.outcome IN ('added', 'restored', 'conflict') AND steps.new IS NOT NULL AND files.file_hash IS NOT NULL`);
}

/** Ids of the images that the operation had to do with, a page at a time. */
export function* touchedImages(db: Database.Database, size: number): Generator<number[]> {
  const select = db
    .prepare<[number], number>(`SELECT id FROM temp.touched WHERE id > ? ORDER BY id LIMIT ${size}`)
    .pluck();
  for (let last = -Infinity; ; ) {
    const ids = select.all(last);
    if (ids.length === 0) return;
    yield ids;
    last = ids.at(-1)!;
  }
}

/** How many images {@link touchedImages} gives. */
export function countTouched(db: Database.Database): number {
  return Number(db.prepare('SELECT count(*) FROM temp.touched').pluck().get());
}

/** What the operation did to one table's row, the first step first. */
export class StepFinder {
  readonly #select: Database.Statement<[string, string], Step>;

  constructor(db: Database.Database) {
    this.#select = db.prepare(
      `SELECT sequence, "table", "key", "column", old, new FROM temp.steps WHERE "table" = ? AND "key" = ? ORDER BY sequence`,
    );
  }

  of(table: string, key: string): Step[] {
    return this.#select.all(table, key);
  }
}

/** True when the operation inserted rows into a table. */
export function insertedInto(db: Database.Database, table: string): boolean {
  const find = db.prepare(`SELECT 1 FROM temp.steps WHERE "table" = ? AND "column" IS NULL LIMIT 1`);
  return find.get(table) !== undefined;
}

/** Rows that the operation inserted into a table, the last first. */
export function insertsInto(db: Database.Database, table: string): Step[] {
  return db
    .prepare<[string], Step>(
      `SELECT sequence, "table", "key", "column", old, new FROM temp.steps WHERE "table" = ? AND "column" IS NULL ORDER BY sequence DESC`,
    )
    .all(table);
}

export function kindOf(table: string): LinkKind | null {
  return LINK_KINDS.find((kind) => kind === table) ?? null;
}
