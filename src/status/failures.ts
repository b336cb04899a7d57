import type Database from 'better-sqlite3';
import { hasJournal, SyncTables } from '../archive/sync-tables.ts';
import { EXPORT_PREFIX } from '../archive/volume-registry.ts';
import type { Failure } from './types.ts';

/** Some of what failed, and how much it is in all. */
export interface Failures {
  readonly listed: readonly Failure[];
  readonly total: number;
}

interface BookedRow {
  readonly id: number;
  readonly digest: string | null;
  readonly path: string | null;
  readonly imageId: number | null;
  readonly reason: string | null;
}

/**
 * What failed in one operation, with the reasons that were booked; but for what is here meanwhile (see
 * `hereMeanwhile`, which must have been asked).
 */
export function operationFailures(db: Database.Database, operationId: string, most: number): Failures {
  const sync = new SyncTables(db);
  const reference = sync.operationReference(sync.operation(operationId)!);
  const where = `FROM main.sync_files WHERE operation_id = ? AND status = 'error' AND ${notHere('operation')}`;
  const rows = db
    .prepare<[string | number, number], BookedRow>(
      `SELECT id, CAST(file_hash AS TEXT) AS digest, CAST(file_path AS TEXT) AS path, image_id AS imageId, CAST(error_message AS TEXT) AS reason ${where} ORDER BY id LIMIT ?`,
    )
    .all(reference, most);
  const total = db.prepare<[string | number], number>(`SELECT count(*) ${where}`).pluck().get(reference)!;
  const asked = askedFor(db, operationId, new Set(rows.map(({ id }) => id)));
  const listed = rows.map(({ id, ...facts }) => ({
    operationId,
    listId: null,
    wanted: asked.get(id) ?? null,
    ...facts,
  }));
  return { listed, total };
}

function notHere(books: 'list' | 'operation', table = ''): string {
  return `${table}id NOT IN (SELECT id FROM temp.here_meanwhile WHERE books = '${books}')`;
}

/** How a list asked for what failed, by the row of `sync_files`. */
function askedFor(
  db: Database.Database,
  operationId: string,
  ids: ReadonlySet<number>,
): Map<number, string | null> {
  const asked = new Map<number, string | null>();
  if (ids.size === 0 || !hasJournal(db)) return asked;
  const steps = db.prepare<[string], { id: number; asked: string | null }>(
    `SELECT CAST("key" AS INTEGER) AS id, old AS asked FROM main.indabundle_journal WHERE operation = ? AND outcome = 'failed'`,
  );
  for (const step of steps.iterate(operationId)) if (ids.has(step.id)) asked.set(step.id, step.asked);
  return asked;
}

interface ListedRow {
  readonly listId: string;
  readonly wanted: string | null;
  readonly imageId: number | null;
}

/**
 * Rows of one list that failed, or of all but those of our own exports: what can be asked of somebody else.
 * What is here meanwhile (see `hereMeanwhile`, which must have been asked) is asked of nobody.
 */
export function listFailures(db: Database.Database, listId: string | null, most: number): Failures {
  const column = new SyncTables(db).listColumn;
  const which =
    listId === null ? `coalesce(lists.operation_id, '') NOT GLOB '${EXPORT_PREFIX}*'` : 'lists.list_id = ?';
  const from = `FROM main.sync_export_files files JOIN main.sync_export_lists lists ON lists.${column} = files.list_id
                WHERE files.status = 'error' AND ${which} AND ${notHere('list', 'files.')}`;
  const values = listId === null ? [] : [listId];
  const rows = db
    .prepare<unknown[], ListedRow>(
      `SELECT lists.list_id AS listId, CAST(files.export_path AS TEXT) AS wanted, files.image_id AS imageId ${from}
       ORDER BY lists.id DESC, files.id LIMIT ?`,
    )
    .all(...values, most);
  const total = Number(
    db
      .prepare(`SELECT count(*) ${from}`)
      .pluck()
      .get(...values),
  );
  const reasons = reasonsFor(db, rows);
  return { listed: rows.map((row) => failureOf(row, reasons)), total };
}

const HASH = 'hash_';

/** The digest that a list asks by; null where it asks in another way. */
function digestOf(wanted: string | null): string | null {
  return wanted?.startsWith(HASH) ? wanted.slice(HASH.length).toLowerCase() : null;
}

function failureOf({ listId, wanted, imageId }: ListedRow, reasons: Reasons): Failure {
  const digest = digestOf(wanted);
  const booked = reasons.get(digest === null ? (wanted ?? '') : HASH + digest);
  return {
    operationId: booked?.operationId ?? null,
    listId,
    wanted,
    digest,
    path: null,
    imageId,
    reason: booked?.reason ?? null,
  };
}

interface Reason {
  readonly wanted: string;
  readonly operationId: string | null;
  readonly reason: string | null;
}

type Reasons = Map<string, Reason>;

/** The latest reason for each of these rows: rows of lists have no column for one. */
function reasonsFor(db: Database.Database, rows: readonly ListedRow[]): Reasons {
  const reasons: Reasons = new Map();
  const open = new Set(
    rows.map(({ wanted }) => (digestOf(wanted) === null ? wanted : HASH + digestOf(wanted))),
  );
  if (open.size === 0) return reasons;
  const note = (found: Iterable<Reason>) => {
    for (const reason of found) if (open.has(reason.wanted)) reasons.set(reason.wanted, reason);
  };
  note(db.prepare<[], Reason>(BY_DIGEST).iterate());
  if (hasJournal(db)) note(db.prepare<[], Reason>(BY_JOURNAL).iterate());
  return reasons;
}

const BY_DIGEST = `SELECT '${HASH}' || lower(file_hash) AS wanted, operation_id AS operationId, error_message AS reason
  FROM main.sync_files WHERE status = 'error' AND file_hash IS NOT NULL
  AND coalesce(operation_id, '') NOT GLOB '${EXPORT_PREFIX}*' ORDER BY id`;

const BY_JOURNAL = `SELECT journal.old AS wanted, journal.operation AS operationId, files.error_message AS reason
  FROM main.indabundle_journal journal JOIN main.sync_files files ON files.id = CAST(journal."key" AS INTEGER)
  WHERE journal.outcome = 'failed' AND journal.old IS NOT NULL ORDER BY files.id`;
