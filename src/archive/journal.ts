import type Database from 'better-sqlite3';

/** One step that an operation took, with what is needed to take it back. */
export interface JournalStep {
  readonly record: number | null;
  readonly outcome: string | null;
  readonly table?: string;
  readonly key?: string;
  readonly column?: string;
  readonly old?: string | null;
  readonly new?: string | null;
}

/** Writes `indabundle_journal`: outcomes and undo data, in the transaction of the rows that they speak of. */
export class Journal {
  readonly #operation: string;
  readonly #insert: Database.Statement;
  #sequence: number;

  constructor(db: Database.Database, operation: string) {
    this.#operation = operation;
    this.#insert = db.prepare('INSERT INTO indabundle_journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    const last = db.prepare('SELECT max(sequence) FROM indabundle_journal WHERE operation = ?').pluck().get(operation);
    this.#sequence = Number(last ?? 0);
  }

  /** After a rolled back transaction the numbers go on from where they were. */
  get sequence(): number {
    return this.#sequence;
  }

  add(step: JournalStep): void {
    this.#sequence += 1;
    const { record, outcome } = step;
    const undo = [step.table ?? null, step.key ?? null, step.column ?? null, step.old ?? null, step.new ?? null];
    this.#insert.run(this.#operation, this.#sequence, record, outcome, ...undo);
  }
}
