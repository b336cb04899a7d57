import type Database from 'better-sqlite3';
import type { Archive } from '../archive/open.ts';
import type { ExportList } from '../archive/sync-tables.ts';
import { type EarlierRun, RECORDS_PER_BUNDLE } from './earlier-run.ts';

/** The records of a bundle that an earlier run finished, by ordinal; kept in a temporary table. */
export class DoneRecords {
  readonly #has: (ordinal: number) => boolean;

  private constructor(has: (ordinal: number) => boolean) {
    this.#has = has;
  }

  static read(archive: Archive, earlier: EarlierRun): DoneRecords {
    if (earlier.list === null || earlier.operation === null || earlier.number === null)
      return new DoneRecords(() => false);
    const { db } = archive;
    const { list } = earlier;
    db.exec('CREATE TEMP TABLE done_records (record INTEGER PRIMARY KEY)');
    const listed = earlier.kind === 'own' ? readList(db, list) : 0;
    // Records of a request have no rows of their own, nor have those of a list that is not whole.
    if (earlier.kind === 'request' || listed < list.total_files)
      readJournal(db, earlier.operation.operation_id, earlier.number, listed);
    const find = db.prepare<[number], number>('SELECT 1 FROM temp.done_records WHERE record = ?').pluck();
    return new DoneRecords((ordinal) => find.get(ordinal) !== undefined);
  }

  has(ordinal: number): boolean {
    return this.#has(ordinal);
  }
}

/** Takes what the rows of a list say, one per record in order; returns how many there are. */
function readList(db: Database.Database, { list_id, id }: ExportList): number {
  db.prepare(`INSERT INTO temp.done_records SELECT record FROM (
                SELECT row_number() OVER (ORDER BY id) - 1 AS record, status FROM main.sync_export_files WHERE list_id IN (?, ?))
              WHERE status = 'completed'`).run(list_id, id);
  const count = db.prepare('SELECT count(*) FROM main.sync_export_files WHERE list_id IN (?, ?)');
  return Number(count.pluck().get(list_id, id));
}

/** Takes what the journal says of a bundle's records, from an ordinal on. */
function readJournal(db: Database.Database, operation: string, number: number, from: number): void {
  const first = number * RECORDS_PER_BUNDLE;
  db.prepare(`INSERT OR IGNORE INTO temp.done_records SELECT record - @first FROM main.indabundle_journal
              WHERE operation = @operation AND outcome IS NOT NULL AND outcome <> 'failed' AND record >= @from AND record < @end`).run(
    { operation, first, from: first + from, end: first + RECORDS_PER_BUNDLE },
  );
}
