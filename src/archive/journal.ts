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

/** A place in the journal of an open transaction. */
export interface JournalMark {
  readonly sequence: number;
  readonly waiting: number;
}

/** Values of one row, and rows that are written in one go. */
const COLUMNS = 9;
const AT_ONCE = 32;
const STEP = `(${Array.from({ length: COLUMNS }, () => '?').join()})`;

/** Writes `indabundle_journal`: outcomes and undo data, in the transaction of the rows that they speak of. */
export class Journal {
  readonly #operation: string;
  readonly #insert: Database.Statement;
  readonly #insertMany: Database.Statement;
  #sequence: number;
  #waiting: unknown[] | null = null;

  constructor(db: Database.Database, operation: string) {
    this.#operation = operation;
    this.#insert = db.prepare(`INSERT INTO indabundle_journal VALUES ${STEP}`);
    this.#insertMany = db.prepare(
      `INSERT INTO indabundle_journal VALUES ${Array.from({ length: AT_ONCE }, () => STEP).join()}`,
    );
    const last = db
      .prepare('SELECT max(sequence) FROM indabundle_journal WHERE operation = ?')
      .pluck()
      .get(operation);
    this.#sequence = Number(last ?? 0);
  }

  /** From now on steps wait for {@link flush}: many are written in one go. */
  begin(): void {
    this.#waiting = [];
  }

  /** Where the journal stands; what comes behind it can be forgotten again. */
  mark(): JournalMark {
    this.#writeMany();
    return { sequence: this.#sequence, waiting: this.#waiting?.length ?? 0 };
  }

  /** Forgets the steps behind a mark: what they speak of was rolled back. */
  rewind({ sequence, waiting }: JournalMark): void {
    this.#sequence = sequence;
    this.#waiting = this.#waiting?.slice(0, waiting) ?? null;
  }

  /** Writes the steps that wait, in the transaction of the rows that they speak of. */
  flush(): void {
    this.#writeMany();
    const waiting = this.#waiting ?? [];
    for (let at = 0; at < waiting.length; at += COLUMNS) this.#insert.run(waiting.slice(at, at + COLUMNS));
    this.#waiting = null;
  }

  add(step: JournalStep): void {
    this.#sequence += 1;
    const { record, outcome } = step;
    const undo = [
      step.table ?? null,
      step.key ?? null,
      step.column ?? null,
      step.old ?? null,
      step.new ?? null,
    ];
    if (this.#waiting === null) {
      this.#insert.run(this.#operation, this.#sequence, record, outcome, ...undo);
      return;
    }
    this.#waiting.push(this.#operation, this.#sequence, record, outcome, ...undo);
  }

  /** Of the steps that wait as many as fill whole statements. */
  #writeMany(): void {
    const waiting = this.#waiting ?? [];
    const cells = AT_ONCE * COLUMNS;
    const whole = waiting.length - (waiting.length % cells);
    if (whole === 0) return;
    for (let at = 0; at < whole; at += cells) this.#insertMany.run(waiting.slice(at, at + cells));
    this.#waiting = waiting.slice(whole);
  }
}

/** Tables that an apply may insert into, whose next id is part of what reverting gives back. */
const NUMBERED_TABLES = [
  'images',
  'tags',
  'albums',
  'collections',
  'author_details',
  'image_notes',
  'marked_images',
  'favorite_authors',
];

/** Notes at the start of an operation which id each table gave last. */
export function noteSequences(db: Database.Database, journal: Journal): void {
  const hasSequences =
    db.prepare(`SELECT 1 FROM main.sqlite_master WHERE name = 'sqlite_sequence'`).get() !== undefined;
  if (!hasSequences) return;
  const last = db.prepare<[string], number>('SELECT seq FROM main.sqlite_sequence WHERE name = ?').pluck();
  for (const table of NUMBERED_TABLES) {
    const old = last.get(table);
    journal.add({
      record: null,
      outcome: null,
      table: 'sqlite_sequence',
      key: table,
      old: old === undefined ? null : String(old),
    });
  }
}
