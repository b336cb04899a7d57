import { canonicalLine } from '../base/canonical-json.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import type { Archive } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import { payloadBound } from '../bundle/size-bound.ts';
import type { Manifest } from '../manifest/types.ts';
import { type MakePlanOptions, omissionOf, recordOf } from './make-plan.ts';
import { RowRecords } from './row-record.ts';
import { SummaryTally } from './summary-tally.ts';
import { type SurveyRow, surveyPages } from './survey-rows.ts';
import { omissionLine } from './write-bundle.ts';

/**
 * Writes `temp.measured`, what each surveyed row adds to a volume: its line (of a record, or of the
 * index where it is left out), its content, its author, and the `run` of rows of that author that
 * it belongs to; and `temp.author_lines`. A row whose record is too long is left out from here on.
 * Returns what all of them hold.
 */
export async function measureRows(archive: Archive, options: MakePlanOptions): Promise<Manifest['summary']> {
  const { db } = archive;
  const records = new RowRecords(archive, options);
  db.exec(`CREATE TEMP TABLE measured (seq INTEGER PRIMARY KEY, digest TEXT, path TEXT, author TEXT, run INTEGER, line INTEGER, file INTEGER, omitted INTEGER);
           CREATE TEMP TABLE author_lines (author TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID`);
  const tally = new SummaryTally(archive);
  const measurer = new Measurer(archive, records, tally);
  for await (const page of surveyPages(archive, records.imageColumns, null, options.signal)) {
    records.load(page);
    inTransaction(db, () => page.forEach((row) => measurer.add(row)));
  }
  db.exec(
    'CREATE INDEX temp.measured_digest ON measured (digest); CREATE INDEX temp.measured_run ON measured (run)',
  );
  measureAuthors(archive, records, options.includePersonal);
  return tally.summary();
}

class Measurer {
  readonly #records: RowRecords;
  readonly #tally: SummaryTally;
  readonly #authorAt: number;
  readonly #insert: (...values: (string | number | null)[]) => void;
  readonly #leaveOut: (seq: number) => void;
  #lastAuthor: string | null | undefined;
  #run = 0;

  constructor({ db }: Archive, records: RowRecords, tally: SummaryTally) {
    this.#records = records;
    this.#tally = tally;
    this.#authorAt = records.imageColumns.indexOf('author');
    const insert = db.prepare('INSERT INTO temp.measured VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    const leaveOut = db.prepare(
      `UPDATE temp.survey SET state = 'too-large', detail = 'its metadata' WHERE seq = ?`,
    );
    this.#insert = (...values) => void insert.run(...values);
    this.#leaveOut = (seq) => void leaveOut.run(seq);
  }

  add(row: SurveyRow): void {
    const author = (row.image[this.#authorAt] ?? null) as string | null;
    if (author !== this.#lastAuthor) this.#run += 1;
    this.#lastAuthor = author;
    const { digest, line, file, omitted } = this.#measure(row);
    this.#insert(row.seq, digest, row.local_path, author, this.#run, line, file, omitted);
  }

  #measure(row: SurveyRow): { digest: string | null; line: number; file: number; omitted: number } {
    if (row.state === 'ok') {
      const { file, line, counted } = recordOf(row, this.#records);
      const bytes = Buffer.byteLength(line);
      if (bytes <= MAX_LINE_BYTES) {
        this.#tally.add(counted);
        const most = file === null ? 0 : payloadBound(file.size);
        return { digest: file?.digest ?? null, line: bytes, file: most, omitted: 0 };
      }
      this.#leaveOut(row.seq);
      return this.#measure({ ...row, state: 'too-large', detail: 'its metadata' });
    }
    return { digest: null, line: Buffer.byteLength(omissionLine(omissionOf(row))), file: 0, omitted: 1 };
  }
}

function measureAuthors(archive: Archive, records: RowRecords, includePersonal: boolean): void {
  const insert = archive.db.prepare('INSERT OR REPLACE INTO temp.author_lines VALUES (?, ?)');
  const authors = [...measuredAuthors(records, includePersonal)];
  inTransaction(archive.db, () => authors.forEach(([author, line]) => insert.run(author, line)));
}

function* measuredAuthors(records: RowRecords, includePersonal: boolean): Generator<[string, number]> {
  for (const author of records.authors(includePersonal, null)) {
    const bytes = Buffer.byteLength(canonicalLine(author));
    if (bytes <= MAX_LINE_BYTES) yield [author.author, bytes];
  }
}
