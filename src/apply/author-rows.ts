import type Database from 'better-sqlite3';
import { type Attempt, attempts, RowInserter, RowRefused } from '../archive/row-inserter.ts';
import type { MergeContext } from '../merge/merge-context.ts';
import { authorDetails } from '../merge/record-rows.ts';
import type { ApplyOperation } from './operation.ts';
import type { RecordSpool } from './record-spool.ts';

/** Inserts authors' details where the receiver has the table and no row. */
export class AuthorRows {
  added = 0;
  /** Authors whose details, or marks as favourites, the receiver's database did not take; their images are none the worse for it. */
  refused = 0;

  readonly #context: MergeContext;
  readonly #spool: RecordSpool;
  readonly #operation: ApplyOperation;
  readonly #inserter: RowInserter;
  readonly #known: Database.Statement | null;
  readonly #attempt: Attempt;

  constructor(context: MergeContext, spool: RecordSpool, operation: ApplyOperation) {
    const { db, shape } = context.archive;
    this.#context = context;
    this.#spool = spool;
    this.#operation = operation;
    this.#inserter = new RowInserter(db);
    this.#known = shape.hasColumn('author_details', 'author')
      ? db.prepare('SELECT 1 FROM main.author_details WHERE author = ?')
      : null;
    this.#attempt = attempts(db);
  }

  insert(author: string): void {
    if (this.#known === null) return;
    const spooled = this.#spool.takeAuthor(author);
    if (spooled?.details === undefined || this.#known.get(author) !== undefined) return;
    const details = authorDetails(spooled);
    const columns = this.#context.archive.shape
      .columns('author_details')
      .filter((column) => column !== 'id' && column !== 'author' && Object.hasOwn(details, column));
    const values = Object.fromEntries(columns.map((column) => [column, details[column]!]));
    this.unlessRefused(() => this.#insertRow({ author, ...values }));
  }

  /** Does what may be refused, and counts it where it is. */
  unlessRefused(work: () => void): void {
    if (this.#attempt(work) instanceof RowRefused) this.refused += 1;
  }

  #insertRow(values: { readonly [column: string]: string | number }): void {
    const row = this.#inserter.insert('author_details', values);
    if (row === null) return;
    this.added += 1;
    const step = { table: 'author_details', key: row.key, new: row.made };
    this.#operation.journal.add({ record: null, outcome: null, ...step });
  }
}
