import type Database from 'better-sqlite3';
import { LINK_KINDS, LINK_TABLES } from '../archive/link-tables.ts';
import type { Shape } from '../archive/shape.ts';
import { PERSONAL_TABLES } from './steps.ts';
import { isUnchanged, type RowValues } from './unchanged.ts';

interface ForeignKey {
  readonly from: string;
  readonly table: string;
}

/** Tells whether something else than the operation itself uses an image. */
export class ImageReferences {
  readonly #db: Database.Database;
  readonly #counts: Database.Statement<[{ id: number }], number>[];
  readonly #personal: Database.Statement<[{ id: number }], OwnRow>[];

  constructor(db: Database.Database, shape: Shape) {
    const junctions = LINK_KINDS.filter((kind) => shape.has(LINK_TABLES[kind].junction)).map((kind) =>
      foreignLinks(LINK_TABLES[kind]),
    );
    const others = otherTables(db, shape).map(({ table, column }) => foreignRows(table, column));
    this.#db = db;
    this.#personal = PERSONAL_TABLES.filter((table) => shape.hasColumn(table, 'image_id')).map((table) =>
      db.prepare(ownRows(table)),
    );
    this.#counts = [...junctions, ...others].map((sql) => db.prepare<[{ id: number }], number>(sql).pluck());
  }

  /** Notes and marks of the operation's own that somebody has written over. */
  isRewritten(id: number): boolean {
    return this.#personal.some((select) =>
      select
        .all({ id })
        .some(
          ({ table, key, made }) => !isUnchanged(this.#db, table, Number(key), JSON.parse(made) as RowValues),
        ),
    );
  }

  /** Links, notes, marks or rows of unknown tables that the operation did not make. */
  isUsed(id: number): boolean {
    return this.#counts.some((count) => count.get({ id }) !== undefined);
  }
}

interface OwnRow {
  readonly table: string;
  readonly key: string;
  readonly made: string;
}

function ownRows(table: string): string {
  return `SELECT '${table}' AS "table", step."key", step.new AS made FROM main.${table} own
          JOIN temp.steps step ON step."table" = '${table}' AND step."key" = CAST(own.rowid AS TEXT) WHERE own.image_id = @id`;
}

function foreignLinks({ junction, column }: { readonly junction: string; readonly column: string }): string {
  return `SELECT 1 FROM main.${junction} link WHERE link.image_id = @id AND NOT EXISTS (
            SELECT 1 FROM temp.links ours WHERE ours.junction = '${junction}' AND ours.image = @id AND ours.target = link.${column}) LIMIT 1`;
}

function foreignRows(table: string, column: string): string {
  return `SELECT 1 FROM main."${table}" WHERE "${column}" = @id
          AND CAST(rowid AS TEXT) NOT IN (SELECT "key" FROM temp.steps WHERE "table" = '${table}') LIMIT 1`;
}

/** The personal tables, and whatever other table declares that it points at images. */
function otherTables(db: Database.Database, shape: Shape): { table: string; column: string }[] {
  const known = new Set<string>(LINK_KINDS.map((kind) => LINK_TABLES[kind].junction));
  const found = new Map<string, string>();
  for (const table of PERSONAL_TABLES) if (shape.hasColumn(table, 'image_id')) found.set(table, 'image_id');
  const tables = db
    .prepare<[], string>(
      `SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT GLOB 'sync_*' AND sql NOT LIKE '%WITHOUT ROWID%'`,
    )
    .pluck()
    .all();
  const keys = db.prepare<[string], ForeignKey>('SELECT "from", "table" FROM pragma_foreign_key_list(?)');
  for (const table of tables) {
    if (known.has(table)) continue;
    for (const key of keys.all(table)) if (key.table === 'images') found.set(table, key.from);
  }
  return [...found].map(([table, column]) => ({ table, column }));
}
