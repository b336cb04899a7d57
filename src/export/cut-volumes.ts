import type Database from 'better-sqlite3';
import { breathe } from '../base/breathe.ts';
import { BundleError } from '../base/errors.ts';
import type { Archive } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import { volumeSizeText } from '../base/volume-text.ts';
import { type Amounts, bundleBound, NOTHING, sumOf } from './volume-bound.ts';

/** An author who does not fit in the rest of a volume begins the next one where the rest is less than this part of it. */
const WASTE = 0.25;

/** Files too large for a volume that an error names. */
const MOST_NAMED = 10;

const PAGE = 1000;

export interface CutLimits {
  /** Bytes that no volume exceeds. */
  readonly size: number;
  /** Bytes of a manifest without its shards. */
  readonly manifest: number;
}

/** Where everything goes: rows in `temp.survey.volume`, what a request asks in vain by its place. */
export interface Cut {
  readonly count: number;
  readonly unserved: readonly number[];
}

interface MeasuredRow {
  readonly seq: number;
  readonly digest: string | null;
  readonly path: string;
  readonly author: string | null;
  readonly run: number;
  readonly line: number;
  readonly file: number;
  readonly omitted: number;
}

/**
 * Cuts `temp.measured` into volumes in the order of the rows. Rows that share a content go where
 * the first of them goes. `unserved` are lengths of index lines that belong to no row.
 *
 * @throws BundleError `volume-too-small`
 */
export async function cutVolumes(
  archive: Archive,
  limits: CutLimits,
  unserved: Iterable<number>,
): Promise<Cut> {
  const rows = new MeasuredRows(archive.db);
  const cutter = new Cutter(limits, rows);
  for (const page of rows.pages()) {
    await breathe();
    inTransaction(archive.db, () => {
      for (const row of page) rows.assign(row, (unit) => cutter.place(unit, row));
    });
  }
  const places: number[] = [];
  for (const omissionBytes of unserved) places.push(cutter.placeLine(omissionBytes));
  cutter.finish();
  return { count: cutter.volume, unserved: places };
}

/** Rows that must share a volume: one, or all that name one content. */
interface Unit {
  readonly amounts: Amounts;
  readonly authors: readonly string[];
}

/** The measured rows, and what belongs together among them. */
class MeasuredRows {
  readonly #page: Database.Statement<[number], MeasuredRow>;
  readonly #shared: Database.Statement<[string], { volume: number | null; records: number; lines: number }>;
  readonly #sharers: Database.Statement<[string], string | null>;
  readonly #run: Database.Statement<
    [number],
    { records: number; lines: number; files: number; fileBytes: number; omissionBytes: number }
  >;
  readonly #authorLine: Database.Statement<[string], number>;
  readonly #setVolume: Database.Statement<[number, number]>;
  readonly #setShared: Database.Statement<[number, string]>;

  constructor(db: Database.Database) {
    db.exec(`DROP TABLE IF EXISTS temp.shared;
      CREATE TEMP TABLE shared (digest TEXT PRIMARY KEY, records INTEGER, lines INTEGER, volume INTEGER) WITHOUT ROWID;
      INSERT INTO temp.shared SELECT digest, count(*), sum(line), NULL FROM temp.measured WHERE digest IS NOT NULL GROUP BY digest HAVING count(*) > 1`);
    this.#page = db.prepare(`SELECT * FROM temp.measured WHERE seq > ? ORDER BY seq LIMIT ${PAGE}`);
    this.#shared = db.prepare('SELECT volume, records, lines FROM temp.shared WHERE digest = ?');
    this.#sharers = db
      .prepare<[string], string | null>('SELECT DISTINCT author FROM temp.measured WHERE digest = ?')
      .pluck();
    this.#run = db.prepare(
      `SELECT sum(omitted = 0) AS records, sum(iif(omitted, 0, line)) AS lines, count(DISTINCT digest) AS files, sum(file) AS fileBytes,
              sum(iif(omitted, line, 0)) AS omissionBytes FROM temp.measured WHERE run = ?`,
    );
    this.#authorLine = db
      .prepare<[string], number>('SELECT line FROM temp.author_lines WHERE author = ?')
      .pluck();
    this.#setVolume = db.prepare('UPDATE temp.survey SET volume = ? WHERE seq = ?');
    this.#setShared = db.prepare('UPDATE temp.shared SET volume = ? WHERE digest = ?');
  }

  *pages(): Generator<MeasuredRow[]> {
    for (let last = 0; ; ) {
      const rows = this.#page.all(last);
      if (rows.length === 0) return;
      yield rows;
      last = rows.at(-1)!.seq;
    }
  }

  /** Gives a row its volume: `place` is asked, unless its content has one already. */
  assign(row: MeasuredRow, place: (unit: Unit) => number): void {
    const shared = row.digest === null ? undefined : this.#shared.get(row.digest);
    const volume =
      shared?.volume ?? place(shared === undefined ? this.#alone(row) : this.#together(row, shared));
    this.#setVolume.run(volume, row.seq);
    if (shared !== undefined && shared.volume === null) this.#setShared.run(volume, row.digest!);
  }

  #alone({ line, file, omitted, author, digest }: MeasuredRow): Unit {
    if (omitted) return { amounts: { ...NOTHING, omissionBytes: line }, authors: [] };
    return {
      amounts: { ...NOTHING, records: 1, recordBytes: line, files: digest === null ? 0 : 1, fileBytes: file },
      authors: author === null ? [] : [author],
    };
  }

  #together({ digest, file }: MeasuredRow, { records, lines }: { records: number; lines: number }): Unit {
    const authors = this.#sharers.all(digest!).filter((author) => author !== null);
    return { amounts: { ...NOTHING, records, recordBytes: lines, files: 1, fileBytes: file }, authors };
  }

  /** All rows of one run of an author, without what they may share with others. */
  run(number: number): Amounts {
    const { records, lines, files, fileBytes, omissionBytes } = this.#run.get(number)!;
    return { ...NOTHING, records, recordBytes: lines, files, fileBytes, omissionBytes };
  }

  authorLine(author: string): number {
    return this.#authorLine.get(author) ?? 0;
  }
}

/** Fills one volume after the other. */
class Cutter {
  volume = 1;
  readonly #limits: CutLimits;
  readonly #rows: MeasuredRows;
  #amounts = NOTHING;
  #authors = new Set<string>();
  #run = 0;
  readonly #tooLarge: string[] = [];
  #tooLargeCount = 0;
  #smallest = 0;

  constructor(limits: CutLimits, rows: MeasuredRows) {
    this.#limits = limits;
    this.#rows = rows;
  }

  place(unit: Unit, row: MeasuredRow): number {
    if (row.run !== this.#run) this.#beginRun(row.run);
    if (!this.#fits(this.#withUnit(unit)) && this.#amounts !== NOTHING) this.#next();
    const amounts = this.#withUnit(unit);
    if (!this.#fits(amounts)) this.#noteTooLarge(row.path, amounts);
    this.#amounts = amounts;
    for (const author of unit.authors) this.#authors.add(author);
    return this.volume;
  }

  placeLine(omissionBytes: number): number {
    const more = { ...NOTHING, omissionBytes };
    if (!this.#fits(sumOf(this.#amounts, more)) && this.#amounts !== NOTHING) this.#next();
    this.#amounts = sumOf(this.#amounts, more);
    if (!this.#fits(this.#amounts)) this.#noteTooLarge('index.jsonl', this.#amounts);
    return this.volume;
  }

  /** A new author may begin a new volume, where that keeps the pictures together and wastes little. */
  #beginRun(run: number): void {
    this.#run = run;
    if (this.#amounts === NOTHING) return;
    const { size } = this.#limits;
    if (size - this.#bound(this.#amounts) > size * WASTE) return;
    const block = this.#rows.run(run);
    if (!this.#fits(sumOf(this.#amounts, block)) && this.#fits(block)) this.#next();
  }

  #next(): void {
    this.volume += 1;
    this.#amounts = NOTHING;
    this.#authors = new Set();
  }

  #withUnit({ amounts, authors }: Unit): Amounts {
    let all = sumOf(this.#amounts, amounts);
    for (const author of authors) {
      const authorBytes = this.#authors.has(author) ? 0 : this.#rows.authorLine(author);
      if (authorBytes > 0) all = sumOf(all, { ...NOTHING, authors: 1, authorBytes });
    }
    return all;
  }

  #bound(amounts: Amounts): number {
    return bundleBound(amounts, this.#limits.manifest);
  }

  #fits(amounts: Amounts): boolean {
    return this.#bound(amounts) <= this.#limits.size;
  }

  #noteTooLarge(path: string, amounts: Amounts): void {
    this.#tooLargeCount += 1;
    this.#smallest = Math.max(this.#smallest, this.#bound(amounts));
    if (this.#tooLarge.length < MOST_NAMED) this.#tooLarge.push(path);
  }

  /** @throws BundleError `volume-too-small` */
  finish(): void {
    const { size, manifest } = this.#limits;
    const empty = bundleBound(NOTHING, manifest);
    if (this.#tooLargeCount === 0 && empty <= size) return;
    const files = this.#tooLarge.join(', ') + (this.#tooLargeCount > MOST_NAMED ? ', …' : '');
    const smallest = volumeSizeText(Math.max(this.#smallest, empty));
    throw new BundleError('volume-too-small', {
      params: { size: `${size} bytes`, count: this.#tooLargeCount, files, smallest },
    });
  }
}
