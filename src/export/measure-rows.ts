import type Database from 'better-sqlite3';
import { canonicalLine } from '../base/canonical-json.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import type { Archive } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import { payloadBound } from '../bundle/size-bound.ts';
import type { Manifest } from '../manifest/types.ts';
import { AuthorRecords } from './author-records.ts';
import { leaveOut, type MakePlanOptions, omissionOf, type RowFacts, tooLong } from './make-plan.ts';
import { MADE, type MadeRecords } from './make-records.ts';
import { recordPages } from './record-pages.ts';
import { SummaryTally } from './summary-tally.ts';
import type { SurveyRow } from './survey-rows.ts';
import { omissionLine } from './write-lists.ts';

/**
 * Writes `temp.measured`, what each surveyed row adds to a volume: its line (of a record, or of the
 * index where it is left out), its content, its author, and the `run` of rows of that author that
 * it belongs to; and `temp.author_lines`. A row whose record is too long is left out from here on.
 * Returns what all of them hold.
 */
export async function measureRows(archive: Archive, options: MakePlanOptions): Promise<Manifest['summary']> {
  const { db } = archive;
  db.exec(`CREATE TEMP TABLE measured (seq INTEGER PRIMARY KEY, digest TEXT, path TEXT, author TEXT, run INTEGER, line INTEGER, file INTEGER, omitted INTEGER);
           CREATE TEMP TABLE author_lines (author TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID`);
  const tally = new SummaryTally(archive);
  const measurer = new Measurer(archive);
  for await (const [rows, made] of recordPages(archive, null, options)) {
    inTransaction(db, () => measurer.add(rows, made));
    tally.add(made.counts);
  }
  db.exec(
    'CREATE INDEX temp.measured_digest ON measured (digest); CREATE INDEX temp.measured_run ON measured (run)',
  );
  const summary = tally.summary();
  measureAuthors(archive, new AuthorRecords(archive, options), tally.authors());
  return summary;
}

class Measurer {
  readonly #archive: Archive;
  readonly #insert: Database.Statement<(string | number | null)[]>;
  #lastAuthor: unknown;
  #run = 0;

  constructor(archive: Archive) {
    this.#archive = archive;
    this.#insert = archive.db.prepare('INSERT INTO temp.measured VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  }

  add(rows: readonly SurveyRow[], made: MadeRecords): void {
    let record = 0;
    for (const [at, row] of rows.entries()) {
      if (made.made[at] === MADE.gone) continue;
      const author = made.authors[at] as string | null;
      const facts = { row, url: made.urls[at]!, localPath: made.localPaths[at]! };
      if (made.made[at] !== MADE.record) {
        this.#addOmission(facts, author, made.made[at] === MADE.tooLong);
        continue;
      }
      this.#addRecord(facts, author, made.ends[record]! - (made.ends[record - 1] ?? 0));
      record += 1;
    }
  }

  #addRecord({ row, localPath }: RowFacts, author: string | null, line: number): void {
    const isCarried = row.why !== 'both';
    const file = isCarried ? payloadBound(row.size) : 0;
    const digest = isCarried ? row.digest : null;
    this.#insert.run(row.seq, digest, localPath, author, this.#runOf(author), line, file, 0);
  }

  #addOmission(facts: RowFacts, author: string | null, isTooLong: boolean): void {
    const { row, localPath } = facts;
    if (isTooLong) leaveOut(this.#archive, row.seq);
    const line = omissionLine(isTooLong ? tooLong(facts) : omissionOf(facts));
    this.#insert.run(row.seq, null, localPath, author, this.#runOf(author), Buffer.byteLength(line), 0, 1);
  }

  #runOf(author: string | null): number {
    if (author !== this.#lastAuthor) this.#run += 1;
    this.#lastAuthor = author;
    return this.#run;
  }
}

function measureAuthors(archive: Archive, records: AuthorRecords, authors: readonly unknown[]): void {
  const insert = archive.db.prepare('INSERT OR REPLACE INTO temp.author_lines VALUES (?, ?)');
  inTransaction(archive.db, () => {
    for (const author of records.of(authors)) {
      const bytes = Buffer.byteLength(canonicalLine(author));
      if (bytes <= MAX_LINE_BYTES) insert.run(author.author, bytes);
    }
  });
}
