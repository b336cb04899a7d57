import type Database from 'better-sqlite3';
import type { SyncStatus } from '../archive/sync-tables.ts';

const STATUSES: readonly SyncStatus[] = ['pending', 'completed', 'error'];

/** Stands in a list for a record that could not be read. */
export const unknownPath = (ordinal: number) => `record_${ordinal + 1}`;

interface Row {
  readonly id: number;
  readonly status: string;
  readonly unknown: 0 | 1;
}

/** Rows with one id after the other. */
interface Run {
  readonly ordinal: number;
  readonly id: number;
}

/** The rows of a list that was made for a bundle: one per record, in order. A byte of memory each, as they are made in one go. */
export class OwnRows {
  /** Where rows begin whose ids do not follow those before them. */
  readonly #runs: Run[] = [];
  readonly #statuses: Uint8Array;
  /** Ordinals of rows that do not say yet what they stand for. */
  readonly #unknown = new Set<number>();
  readonly #path: Database.Statement<[number], string>;

  constructor(db: Database.Database, reference: string | number) {
    const count = Number(
      db.prepare('SELECT count(*) FROM main.sync_export_files WHERE list_id = ?').pluck().get(reference),
    );
    this.#statuses = new Uint8Array(count);
    this.#path = db
      .prepare<[number], string>('SELECT export_path FROM main.sync_export_files WHERE id = ?')
      .pluck();
    const rows = db.prepare<[string | number], Row>(
      `SELECT id, status, export_path GLOB 'record_*' AS unknown FROM main.sync_export_files WHERE list_id = ? ORDER BY id`,
    );
    let ordinal = 0;
    for (const { id, status, unknown } of rows.iterate(reference)) {
      if (this.#idOf(ordinal) !== id) this.#runs.push({ ordinal, id });
      this.#statuses[ordinal] = Math.max(0, STATUSES.indexOf(status as SyncStatus));
      if (unknown === 1) this.#unknown.add(ordinal);
      ordinal += 1;
    }
  }

  /** The id of an ordinal's row, unless it is completed already. */
  open(ordinal: number): number | null {
    const status = this.#statuses[ordinal];
    return status === undefined || STATUSES[status] === 'completed' ? null : this.#idOf(ordinal);
  }

  #idOf(ordinal: number): number | null {
    const run = this.#runs.findLast((one) => one.ordinal <= ordinal);
    return run === undefined ? null : run.id + ordinal - run.ordinal;
  }

  set(ordinal: number, status: SyncStatus): void {
    this.#statuses[ordinal] = STATUSES.indexOf(status);
  }

  /** True once for a row that did not say what it stands for. */
  becomesKnown(ordinal: number): boolean {
    return this.#unknown.delete(ordinal);
  }

  /** What a row stands for. */
  path(id: number): string {
    return this.#path.get(id) ?? '';
  }

  /** What failed is pending again. */
  forgetFailures(): void {
    const error = STATUSES.indexOf('error');
    this.#statuses.forEach((status, ordinal) => {
      if (status === error) this.set(ordinal, 'pending');
    });
  }

  /** Every status that some row has. */
  get statuses(): SyncStatus[] {
    return STATUSES.filter((_, number) => this.#statuses.includes(number));
  }
}
