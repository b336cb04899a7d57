import type { Archive } from '../archive/open.ts';
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
    db.exec('CREATE TEMP TABLE done_records (record INTEGER PRIMARY KEY)');
    if (earlier.kind === 'own') {
      db.prepare(`INSERT INTO temp.done_records SELECT record FROM (
                    SELECT row_number() OVER (ORDER BY id) - 1 AS record, status FROM main.sync_export_files WHERE list_id IN (?, ?))
                  WHERE status = 'completed'`).run(earlier.list.list_id, earlier.list.id);
    } else {
      const first = earlier.number * RECORDS_PER_BUNDLE;
      db.prepare(`INSERT OR IGNORE INTO temp.done_records SELECT record - @first FROM main.indabundle_journal
                  WHERE operation = @operation AND outcome IS NOT NULL AND outcome <> 'failed' AND record >= @first AND record < @end`).run(
        { operation: earlier.operation.operation_id, first, end: first + RECORDS_PER_BUNDLE },
      );
    }
    const find = db.prepare<[number], number>('SELECT 1 FROM temp.done_records WHERE record = ?').pluck();
    return new DoneRecords((ordinal) => find.get(ordinal) !== undefined);
  }

  has(ordinal: number): boolean {
    return this.#has(ordinal);
  }
}
