import type Database from 'better-sqlite3';
import { NumberList } from '../base/number-list.ts';
import type { Archive } from '../archive/open.ts';
import type { ExportList } from '../archive/sync-tables.ts';
import { type EarlierRun, RECORDS_PER_BUNDLE } from './earlier-run.ts';

/** The records of a bundle that an earlier run finished, by ordinal: four bytes for each that the bundle has. */
export class DoneRecords {
  readonly #done = new NumberList();

  /** `total` records are in the bundle. */
  static read({ db }: Archive, earlier: EarlierRun, total: number): DoneRecords {
    const { list, operation, number } = earlier;
    const records = new DoneRecords();
    if (list === null || operation === null || number === null) return records;
    const listed = earlier.kind === 'own' ? records.#readList(db, list) : 0;
    // Records of a request have no rows of their own, nor have those of a list that is not whole.
    if (earlier.kind === 'request' || listed < list.total_files)
      records.#readJournal(db, operation.operation_id, number * RECORDS_PER_BUNDLE, { from: listed, total });
    return records;
  }

  has(ordinal: number): boolean {
    return this.#done.get(ordinal) === 1;
  }

  /** Takes what the rows of a list say, one per record in order; returns how many there are. */
  #readList(db: Database.Database, { list_id, id }: ExportList): number {
    const isDone = db
      .prepare<[string, number], 0 | 1>(
        `SELECT coalesce(status = 'completed', 0) FROM main.sync_export_files WHERE list_id IN (?, ?) ORDER BY id`,
      )
      .pluck();
    let ordinal = 0;
    for (const done of isDone.iterate(list_id, id)) {
      if (done === 1) this.#done.set(ordinal, 1);
      ordinal += 1;
    }
    return ordinal;
  }

  /** Takes what the journal says of a bundle's records, from an ordinal on; the first of them has the number `first` there. */
  #readJournal(
    db: Database.Database,
    operation: string,
    first: number,
    { from, total }: { readonly from: number; readonly total: number },
  ): void {
    const ordinals = db
      .prepare<[object], number>(
        `SELECT record - @first FROM main.indabundle_journal WHERE operation = @operation
         AND outcome IS NOT NULL AND outcome <> 'failed' AND record >= @from AND record < @end`,
      )
      .pluck();
    const range = { operation, first, from: first + from, end: first + Math.min(total, RECORDS_PER_BUNDLE) };
    for (const ordinal of ordinals.iterate(range)) this.#done.set(ordinal, 1);
  }
}
