import { localSize } from '../archive/local-file.ts';
import type { Archive } from '../archive/open.ts';
import { SyncTables } from '../archive/sync-tables.ts';
import { EXPORT_PREFIX } from './operations.ts';

interface Found {
  readonly id: number;
  readonly list: string;
  readonly local_path: string;
}

/**
 * How many rows of each list wait, or have failed, although the archive has what they ask for by now:
 * it came by another way. By the list's id; lists of exports ask for nothing. The rows' own ids are in
 * `temp.here_meanwhile` then.
 */
export function hereMeanwhile({ db, shape, root }: Archive): ReadonlyMap<string, number> {
  db.exec(`CREATE TEMP TABLE here_meanwhile (id INTEGER PRIMARY KEY);
           CREATE TEMP TABLE awaited (id INTEGER PRIMARY KEY, list TEXT, wanted TEXT)`);
  const column = new SyncTables(db).listColumn;
  const { changes } = db
    .prepare(
      `INSERT OR IGNORE INTO temp.awaited SELECT files.id, lists.list_id, CASE WHEN export_path GLOB 'hash_*' THEN lower(CAST(export_path AS TEXT)) ELSE CAST(export_path AS TEXT) END
       FROM main.sync_export_files files JOIN main.sync_export_lists lists ON lists.${column} = files.list_id
       WHERE coalesce(files.status, '') <> 'completed' AND coalesce(lists.operation_id, '') NOT GLOB '${EXPORT_PREFIX}*'`,
    )
    .run();
  if (changes === 0) return new Map();
  db.exec('CREATE INDEX temp.awaited_wanted ON awaited (wanted)');
  const keys = [
    shape.hasColumn('images', 'sha256_hash') ? `'hash_' || lower(trim(CAST(sha256_hash AS TEXT)))` : null,
    shape.hasColumn('images', 'url') ? `'url_' || CAST(url AS TEXT)` : null,
  ].filter((key) => key !== null);
  const rows = keys.map(
    (key) =>
      `SELECT awaited.id, list, CAST(local_path AS TEXT) AS local_path FROM main.images CROSS JOIN temp.awaited ON wanted = ${key} WHERE local_path <> ''`,
  );
  const found = db.prepare<[], Found>(`SELECT DISTINCT * FROM (${rows.join(' UNION ALL ')}) ORDER BY id`);
  const note = db.prepare('INSERT INTO temp.here_meanwhile VALUES (?)');
  const counts = new Map<string, number>();
  let last: number | null = null;
  const ids: number[] = [];
  for (const one of found.iterate()) {
    if (one.id === last || (localSize(root, one) ?? 0) === 0) continue; // a row that is asked for since its file is lost
    last = one.id;
    ids.push(one.id);
    counts.set(one.list, (counts.get(one.list) ?? 0) + 1);
  }
  for (const id of ids) note.run(id);
  return counts;
}
