import { archiveAt } from '../archive/thread-archive.ts';

/** Images that are to be put into the order of the bundle. */
export interface OrderJob {
  readonly order: {
    readonly database: string;
    /** Of images; null for all that there are. */
    readonly ids: Float64Array | null;
  };
}

/** Ids of those that are there, by where their photos lie: so they are read in the order of the disk. */
export function orderRows({ order: { database, ids } }: OrderJob): Float64Array<ArrayBuffer> {
  const { db, statements } = archiveAt(database);
  if (ids !== null) {
    db.exec('CREATE TEMP TABLE IF NOT EXISTS asked (id INTEGER PRIMARY KEY); DELETE FROM temp.asked');
    db.prepare('INSERT OR IGNORE INTO temp.asked SELECT value FROM json_each(?)').run(
      JSON.stringify([...ids]),
    );
  }
  const from = ids === null ? 'main.images' : 'temp.asked CROSS JOIN main.images USING (id)';
  const rows = statements.get<number>(`SELECT id FROM ${from} ORDER BY replace(local_path, '\\', '/'), id`);
  return Float64Array.from(rows.pluck().all());
}
