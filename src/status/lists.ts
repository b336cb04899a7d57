import type Database from 'better-sqlite3';
import { type ExportList, hasJournal, SyncTables } from '../archive/sync-tables.ts';
import { bundleLists, isExport } from '../archive/volume-registry.ts';
import { statusFrom } from './operations.ts';
import type { ListKind, ListStatus } from './types.ts';

type ListRow = ExportList & { readonly createdTime: string | null };

interface Counts {
  readonly total: number;
  readonly completed: number;
  readonly errors: number;
}

const SELECT = `SELECT id, list_id, operation_id, created_time AS createdTime, status, 0 AS total_files, 0 AS processed_files
  FROM main.sync_export_lists WHERE list_id IS NOT NULL`;

/** The newest first. */
export function allLists(db: Database.Database, most: number): ListStatus[] {
  const rows = db.prepare<[number], ListRow>(`${SELECT} ORDER BY id DESC LIMIT ?`).all(most);
  const counts = countsOfAll(db);
  const reader = new ListReader(db);
  return rows.map((row) => reader.listOf(row, counts.get(String(reader.reference(row)))));
}

/** The lists that an operation touched last, the newest first. */
export function listsOf(db: Database.Database, operationId: string, most: number): ListStatus[] {
  const select = db.prepare<[string, number], ListRow>(
    `${SELECT} AND operation_id = ? ORDER BY id DESC LIMIT ?`,
  );
  return select.all(operationId, most).map((row) => counted(db, row));
}

export function oneList(db: Database.Database, listId: string): ListStatus | null {
  const row = db.prepare<[string], ListRow>(`${SELECT} AND list_id = ?`).get(listId);
  return row === undefined ? null : counted(db, row);
}

const COUNTS = `count(*) AS total, coalesce(sum(status = 'completed'), 0) AS completed,
  coalesce(sum(status = 'error'), 0) AS errors FROM main.sync_export_files`;

function counted(db: Database.Database, row: ListRow): ListStatus {
  const reader = new ListReader(db);
  const count = db.prepare<[string | number], Counts>(`SELECT ${COUNTS} WHERE list_id = ?`);
  return reader.listOf(row, count.get(reader.reference(row)));
}

/** One pass over the rows of all lists: counting list by list would be one pass each. */
function countsOfAll(db: Database.Database): Map<string, Counts> {
  const rows = db.prepare<[], Counts & { list: unknown }>(
    `SELECT list_id AS list, ${COUNTS} GROUP BY list_id`,
  );
  const counts = new Map<string, Counts>();
  for (const { list, ...count } of rows.iterate()) counts.set(String(list), count);
  return counts;
}

class ListReader {
  readonly #sync: SyncTables;
  readonly #askedOf: Database.Statement<[string], string | null> | null;
  readonly #ofBundles: ReadonlyMap<string, unknown>;

  constructor(db: Database.Database) {
    this.#sync = new SyncTables(db);
    const ours = hasJournal(db);
    this.#askedOf = ours ? db.prepare<[string], string | null>(ASKED_OF).pluck() : null;
    this.#ofBundles = ours ? bundleLists(db) : new Map();
  }

  reference(row: ListRow): string | number {
    return this.#sync.listReference(row);
  }

  listOf(row: ListRow, counts: Counts = { total: 0, completed: 0, errors: 0 }): ListStatus {
    const { list_id: listId, operation_id: operationId, createdTime } = row;
    const askedOf = this.#askedOf?.get(listId) ?? null;
    return {
      listId,
      kind: askedOf === null ? this.#kindOf(row) : 'asked',
      operationId,
      createdTime,
      status: statusFrom(row.status),
      askedOf,
      ...counts,
      pending: counts.total - counts.completed - counts.errors,
      hereMeanwhile: 0,
    };
  }

  #kindOf({ list_id: listId, operation_id: operationId }: ListRow): ListKind {
    if (isExport(operationId)) return 'export';
    return this.#ofBundles.has(listId) ? 'received' : 'asked';
  }
}

const ASKED_OF = `SELECT new FROM main.indabundle_journal WHERE operation = ? AND "column" = 'asked_of'`;
