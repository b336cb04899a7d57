import { LACKED_CONTENT } from './failure-words.ts';
import { localSize } from './local-file.ts';
import type { Archive } from './open.ts';
import { hasJournal, SyncTables } from './sync-tables.ts';
import { EXPORT_PREFIX } from './volume-registry.ts';

/** How many of what waits or has failed is here by now, by list and by operation. */
export interface HereMeanwhile {
  readonly lists: ReadonlyMap<string, number>;
  readonly operations: ReadonlyMap<string, number>;
}

interface Found {
  readonly books: 'list' | 'operation';
  readonly owner: string;
  readonly id: number;
  readonly local_path: string;
}

/**
 * What lists wait for, or what has failed in them and in operations, although the archive has it by
 * now: it came by another way. Exports wait for nothing. The rows' own ids are in
 * `temp.here_meanwhile` then, by `books`: `list` or `operation`.
 */
export function hereMeanwhile(archive: Archive): HereMeanwhile {
  const { db, root } = archive;
  const counts = { list: new Map<string, number>(), operation: new Map<string, number>() };
  db.exec(`CREATE TEMP TABLE here_meanwhile (books TEXT, id INTEGER, PRIMARY KEY (books, id)) WITHOUT ROWID;
           CREATE TEMP TABLE awaited (books TEXT, owner TEXT, id INTEGER, wanted TEXT)`);
  if (findAwaited(archive) > 0) {
    const here: Found[] = [];
    for (const one of db.prepare<[], Found>(matching(archive)).iterate()) {
      const last = here.at(-1);
      if (last?.id === one.id && last.books === one.books) continue;
      if ((localSize(root, one) ?? 0) > 0) here.push(one); // else a row that is asked for since its file is lost
    }
    const note = db.prepare('INSERT INTO temp.here_meanwhile VALUES (?, ?)');
    for (const { books, owner, id } of here) {
      note.run(books, id);
      counts[books].set(owner, (counts[books].get(owner) ?? 0) + 1);
    }
  }
  return { lists: counts.list, operations: counts.operation };
}

/** Fills `temp.awaited`; returns how many rows of the books want something. */
function findAwaited({ db }: Archive): number {
  const sync = new SyncTables(db);
  const listed = db
    .prepare(
      `INSERT INTO temp.awaited SELECT 'list', lists.list_id, files.id, CASE WHEN export_path GLOB 'hash_*' THEN lower(CAST(export_path AS TEXT)) ELSE CAST(export_path AS TEXT) END
       FROM main.sync_export_files files JOIN main.sync_export_lists lists ON lists.${sync.listColumn} = files.list_id
       WHERE coalesce(files.status, '') <> 'completed' AND coalesce(lists.operation_id, '') NOT GLOB '${EXPORT_PREFIX}*'`,
    )
    .run();
  // Only an apply of ours has failures that are told apart, by its journal.
  const failed = hasJournal(db) ? db.prepare(FAILED).run().changes : 0;
  return listed.changes + failed;
}

/** By its digest, and by the way in which a list asks for it. */
const FAILED = `WITH failed AS (
    SELECT journal.operation, files.id, 'hash_' || lower(CAST(files.file_hash AS TEXT)) AS content, journal.old AS asked
    FROM main.sync_operations CROSS JOIN main.indabundle_journal journal ON journal.operation = sync_operations.operation_id AND journal.outcome = 'failed'
    CROSS JOIN main.sync_files files ON files.id = CAST(journal."key" AS INTEGER)
    WHERE coalesce(sync_operations.error_count, 0) > 0 AND files.status = 'error' AND ${LACKED_CONTENT})
  INSERT INTO temp.awaited
    SELECT 'operation', operation, id, content FROM failed WHERE content IS NOT NULL
    UNION SELECT 'operation', operation, id, asked FROM failed WHERE asked IS NOT NULL`;

/** Images that have what is awaited, in the order of the rows that await it. */
function matching({ db, shape }: Archive): string {
  db.exec('CREATE INDEX temp.awaited_wanted ON awaited (wanted)');
  const keys = [
    shape.hasColumn('images', 'sha256_hash') ? `'hash_' || lower(trim(CAST(sha256_hash AS TEXT)))` : null,
    shape.hasColumn('images', 'url') ? `'url_' || CAST(url AS TEXT)` : null,
  ].filter((key) => key !== null);
  const rows = keys.map(
    (key) =>
      `SELECT books, owner, awaited.id AS id, CAST(local_path AS TEXT) AS local_path FROM main.images CROSS JOIN temp.awaited ON wanted = ${key} WHERE local_path <> ''`,
  );
  return `SELECT DISTINCT * FROM (${rows.join(' UNION ALL ')}) ORDER BY books, id`;
}
