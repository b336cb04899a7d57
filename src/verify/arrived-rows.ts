import { type Digest, parseDigest } from '../base/digest.ts';
import { BundleError } from '../base/errors.ts';
import type { Archive } from '../archive/open.ts';
import { hasJournal, hasListTables, SyncTables } from '../archive/sync-tables.ts';
import type { ArrivedOptions } from './arrived-types.ts';

/** A completed row of the books, with the image that it is about. */
export interface ArrivedRow {
  readonly imageId: number | null;
  /** False when the image's row was deleted. */
  readonly exists: boolean;
  readonly localPath: string | null;
  /** Of the bytes that arrived; null where the books do not know. */
  readonly expected: Digest | null;
  /** What the image's own row says. */
  readonly own: Digest | null;
  readonly outcome: string | null;
}

export interface RowCounts {
  readonly rows: number;
  readonly waiting: number;
  readonly failed: number;
}

/** The rows of a list or of an operation that are to be verified. */
export interface ArrivedRows {
  readonly counts: RowCounts;
  pages(): Generator<readonly ArrivedRow[]>;
}

const PAGE = 1000;

/** @throws BundleError `list-not-found`, `operation-not-found` */
export function arrivedRows(archive: Archive, options: ArrivedOptions): ArrivedRows {
  return 'listId' in options
    ? rowsOfList(archive, options.listId)
    : rowsOfOperation(archive, options.operationId);
}

function rowsOfOperation(archive: Archive, operationId: string): ArrivedRows {
  const { db, path } = archive;
  const sync = hasListTables(db) ? new SyncTables(db) : null;
  const operation = sync?.operation(operationId) ?? null;
  if (sync === null || operation === null) {
    throw new BundleError('operation-not-found', { params: { operation: operationId, path } });
  }
  loadOutcomes(archive, operationId);
  const reference = sync.operationReference(operation);
  const where = 'main.sync_files files WHERE files.operation_id = @reference';
  const select = `SELECT files.id AS place, files.image_id AS imageId, CAST(files.file_hash AS TEXT) AS expected, outcome.outcome,
      ${imageColumns(archive)}
    FROM main.sync_files files LEFT JOIN main.images ON images.id = files.image_id
    LEFT JOIN temp.outcomes outcome ON outcome.file = files.id
    WHERE files.operation_id = @reference AND files.status = 'completed' AND files.id > @last
    ORDER BY files.id LIMIT ${PAGE}`;
  return { counts: countsOf(archive, where, reference), pages: () => pagesOf(archive, select, reference) };
}

/** What the journal says became of each row of an operation. */
function loadOutcomes({ db }: Archive, operationId: string): void {
  db.exec('CREATE TEMP TABLE outcomes (file INTEGER PRIMARY KEY, outcome TEXT)');
  if (!hasJournal(db)) return;
  db.prepare(
    `INSERT OR REPLACE INTO temp.outcomes SELECT CAST("key" AS INTEGER), outcome FROM main.indabundle_journal
     WHERE operation = ? AND outcome IS NOT NULL AND "table" = 'sync_files'`,
  ).run(operationId);
}

function rowsOfList(archive: Archive, listId: string): ArrivedRows {
  const { db, path } = archive;
  const sync = hasListTables(db) ? new SyncTables(db) : null;
  const list = sync?.list(listId) ?? null;
  if (sync === null || list === null) {
    throw new BundleError('list-not-found', { params: { list: listId, path } });
  }
  const reference = sync.listReference(list);
  findUnnamed(archive, reference);
  const where = 'main.sync_export_files files WHERE files.list_id = @reference';
  const select = `SELECT files.id AS place, coalesce(files.image_id, unnamed.image) AS imageId, NULL AS outcome,
      CASE WHEN files.export_path GLOB 'hash_*' THEN CAST(substr(files.export_path, 6) AS TEXT) END AS expected,
      ${imageColumns(archive)}
    FROM main.sync_export_files files LEFT JOIN temp.unnamed unnamed ON unnamed.file = files.id
    LEFT JOIN main.images ON images.id = coalesce(files.image_id, unnamed.image)
    WHERE files.list_id = @reference AND files.status = 'completed' AND files.id > @last
    ORDER BY files.id LIMIT ${PAGE}`;
  return { counts: countsOf(archive, where, reference), pages: () => pagesOf(archive, select, reference) };
}

/** Rows that name no image, as the Python scripts leave them, find it by content or address; in one pass. */
function findUnnamed({ db, shape }: Archive, reference: string | number): void {
  db.exec(`CREATE TEMP TABLE unnamed (file INTEGER PRIMARY KEY, wanted TEXT, image INTEGER)`);
  const { changes } = db
    .prepare(
      `INSERT INTO temp.unnamed SELECT id, CASE WHEN export_path GLOB 'hash_*' THEN lower(export_path) ELSE CAST(export_path AS TEXT) END, NULL
       FROM main.sync_export_files WHERE list_id = ? AND status = 'completed' AND image_id IS NULL`,
    )
    .run(reference);
  if (changes === 0) return;
  db.exec('CREATE INDEX temp.unnamed_wanted ON unnamed (wanted)');
  for (const key of [
    shape.hasColumn('images', 'sha256_hash')
      ? `'hash_' || lower(trim(CAST(images.sha256_hash AS TEXT)))`
      : null,
    shape.hasColumn('images', 'url') ? `'url_' || CAST(images.url AS TEXT)` : null,
  ]) {
    if (key === null) continue;
    db.exec(`UPDATE temp.unnamed SET image = found.id FROM
      (SELECT unnamed.file, min(images.id) AS id FROM main.images CROSS JOIN temp.unnamed ON unnamed.wanted = ${key} GROUP BY unnamed.file) found
      WHERE found.file = unnamed.file`);
  }
}

function imageColumns({ shape }: Archive): string {
  const [path, own] = ['local_path', 'sha256_hash'].map((column) => shape.text('images', column));
  return `images.id AS found, ${path}, ${own}`;
}

function countsOf({ db }: Archive, from: string, reference: string | number): RowCounts {
  const sql = `SELECT count(*) AS rows, coalesce(sum(status = 'error'), 0) AS failed,
    coalesce(sum(status IS NULL OR status NOT IN ('completed', 'error')), 0) AS waiting FROM ${from}`;
  return db.prepare<[object], RowCounts>(sql).get({ reference })!;
}

interface SelectedRow {
  readonly place: number;
  readonly imageId: number | null;
  readonly found: number | null;
  readonly local_path: string | null;
  readonly expected: string | null;
  readonly sha256_hash: string | null;
  readonly outcome: string | null;
}

function* pagesOf(
  { db }: Archive,
  sql: string,
  reference: string | number,
): Generator<readonly ArrivedRow[]> {
  const select = db.prepare<[object], SelectedRow>(sql);
  for (let last = -1; ; ) {
    const rows = select.all({ reference, last });
    if (rows.length === 0) return;
    yield rows.map(({ imageId, found, local_path: localPath, expected, sha256_hash: own, outcome }) => ({
      imageId,
      exists: found !== null,
      localPath,
      expected: parseDigest(expected),
      own: parseDigest(own),
      outcome,
    }));
    last = rows.at(-1)!.place;
  }
}
