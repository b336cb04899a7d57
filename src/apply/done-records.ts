import type { Archive } from '../archive/open.ts';
import type { EarlierRun } from './operation.ts';

/** The records of a bundle that an earlier run finished, by ordinal; kept in a temporary table. */
export class DoneRecords {
  readonly #has: (ordinal: number) => boolean;

  private constructor(has: (ordinal: number) => boolean) {
    this.#has = has;
  }

  static read(archive: Archive, earlier: EarlierRun | null): DoneRecords {
    if (earlier === null) return new DoneRecords(() => false);
    const { db } = archive;
    db.exec('CREATE TEMP TABLE done_records (record INTEGER PRIMARY KEY)');
    if (earlier.kind === 'own') {
      db.prepare(`INSERT INTO temp.done_records SELECT record FROM (
                    SELECT row_number() OVER (ORDER BY id) - 1 AS record, status FROM main.sync_export_files WHERE list_id IN (?, ?))
                  WHERE status = 'completed'`).run(earlier.list.list_id, earlier.list.id);
    } else if (hasJournal(archive)) {
      db.prepare(`INSERT OR IGNORE INTO temp.done_records SELECT record FROM main.indabundle_journal
                  WHERE operation = ? AND outcome IS NOT NULL AND outcome <> 'failed' AND record IS NOT NULL`).run(earlier.list.operation_id ?? '');
    }
    const find = db.prepare<[number], number>('SELECT 1 FROM temp.done_records WHERE record = ?').pluck();
    return new DoneRecords((ordinal) => find.get(ordinal) !== undefined);
  }

  has(ordinal: number): boolean {
    return this.#has(ordinal);
  }
}

function hasJournal(archive: Archive): boolean {
  return archive.db.prepare(`SELECT 1 FROM main.sqlite_master WHERE type = 'table' AND name = 'indabundle_journal'`).get() !== undefined;
}
