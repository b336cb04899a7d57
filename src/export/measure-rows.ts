import { canonicalLine } from '../base/canonical-json.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import type { Archive } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import { payloadBound } from '../bundle/size-bound.ts';
import { type MakePlanOptions, omissionOf, recordOf, type SurveyRow, surveyRows } from './make-plan.ts';
import { RowRecords } from './row-record.ts';
import { omissionLine } from './write-bundle.ts';

/** Rows of one short transaction. */
const BATCH = 500;

/**
 * Writes `temp.measured`, what each surveyed row adds to a volume: its line (of a record, or of the
 * index where it is left out), its content, its author, and the `run` of rows of that author that
 * it belongs to; and `temp.author_lines`. A row whose record is too long is left out from here on.
 */
export function measureRows(archive: Archive, options: MakePlanOptions): void {
  const { db } = archive;
  const records = new RowRecords(archive, options);
  db.exec(`CREATE TEMP TABLE measured (seq INTEGER PRIMARY KEY, digest TEXT, path TEXT, author TEXT, run INTEGER, line INTEGER, file INTEGER, omitted INTEGER);
           CREATE TEMP TABLE author_lines (author TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID`);
  const measurer = new Measurer(archive, records);
  let batch: SurveyRow[] = [];
  const flush = () => {
    inTransaction(db, () => batch.forEach((row) => measurer.add(row)));
    batch = [];
  };
  for (const row of surveyRows(archive, null, options.signal)) {
    batch.push(row);
    if (batch.length === BATCH) flush();
  }
  flush();
  db.exec(
    'CREATE INDEX temp.measured_digest ON measured (digest); CREATE INDEX temp.measured_run ON measured (run)',
  );
  measureAuthors(archive, records, options.includePersonal);
}

class Measurer {
  readonly #records: RowRecords;
  readonly #author: (id: number) => string | null;
  readonly #insert: (...values: (string | number | null)[]) => void;
  readonly #leaveOut: (seq: number) => void;
  #lastAuthor: string | null | undefined;
  #run = 0;

  constructor({ db, shape }: Archive, records: RowRecords) {
    this.#records = records;
    const author = db
      .prepare<[number], string | null>(
        `SELECT ${shape.expression('images', 'author')} FROM main.images WHERE id = ?`,
      )
      .pluck();
    const insert = db.prepare('INSERT INTO temp.measured VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    const leaveOut = db.prepare(
      `UPDATE temp.survey SET state = 'too-large', detail = 'its metadata' WHERE seq = ?`,
    );
    this.#author = (id) => author.get(id) ?? null;
    this.#insert = (...values) => void insert.run(...values);
    this.#leaveOut = (seq) => void leaveOut.run(seq);
  }

  add(row: SurveyRow): void {
    const author = this.#author(row.id);
    if (author !== this.#lastAuthor) this.#run += 1;
    this.#lastAuthor = author;
    const { digest, line, file, omitted } = this.#measure(row);
    this.#insert(row.seq, digest, row.local_path, author, this.#run, line, file, omitted);
  }

  #measure(row: SurveyRow): { digest: string | null; line: number; file: number; omitted: number } {
    if (row.state === 'ok') {
      const { file, line } = recordOf(row, this.#records);
      const bytes = Buffer.byteLength(line);
      if (bytes <= MAX_LINE_BYTES)
        return {
          digest: file?.digest ?? null,
          line: bytes,
          file: file === null ? 0 : payloadBound(file.size),
          omitted: 0,
        };
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
