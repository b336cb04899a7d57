import { canonicalLine } from '../base/canonical-json.ts';
import type { Digest } from '../base/digest.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import type { LinkKind } from '../archive/link-tables.ts';
import { baseName, withSlashes } from '../archive/photo-path.ts';
import { archiveAt, type ThreadArchive } from '../archive/thread-archive.ts';
import type { FileReference } from '../manifest/types.ts';
import { type Counts, PageCounts } from './page-counts.ts';
import { type ImageRow, RowRecords } from './row-record.ts';
import { type Losses, travellingText } from './travelling-text.ts';

/** What is to travel of a row. */
export const TRAVELS = { nothing: 0, metadata: 1, file: 2 } as const;

/** Rows of which records are to be made, in order; all lists have one entry for each of them. */
export interface RecordsJob {
  readonly records: {
    readonly database: string;
    readonly includePersonal: boolean;
    /** Of images. */
    readonly ids: readonly number[];
    /** Values of {@link TRAVELS}. */
    readonly travels: Uint8Array;
    readonly digests: readonly (Digest | null)[];
    readonly sizes: Float64Array;
    readonly mtimes: Float64Array;
  };
}

/** What came of a row. */
export const MADE = { gone: 0, nothing: 1, record: 2, tooLong: 3 } as const;

/** Records, and what else is told of the rows; all lists but `ends` have one entry for each row. */
export interface MadeRecords {
  /** Lines of the records, in order. */
  readonly lines: Uint8Array<ArrayBuffer>;
  /** Where each of them ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Values of {@link MADE}. */
  readonly made: Uint8Array;
  readonly urls: readonly (string | null)[];
  readonly localPaths: readonly string[];
  readonly authors: readonly unknown[];
  readonly counts: Counts;
  readonly losses: Losses;
  /** Of tags, albums and collections, by their rows: several pages may tell of the same one. */
  readonly targetLosses: { readonly [kind in LinkKind]: ReadonlyMap<number, Losses> };
}

const makers = new WeakMap<ThreadArchive, Map<boolean, RowRecords>>();

function maker({ database, includePersonal }: RecordsJob['records']): RowRecords {
  const archive = archiveAt(database);
  let known = makers.get(archive);
  if (known === undefined) makers.set(archive, (known = new Map<boolean, RowRecords>()));
  let records = known.get(includePersonal);
  if (records === undefined)
    known.set(includePersonal, (records = new RowRecords(archive, { includePersonal })));
  return records;
}

/** Makes the records of some hundreds of rows. Runs in a worker thread, or in line; same bytes in both. */
export function makeRecords({ records: job }: RecordsJob): MadeRecords {
  const records = maker(job);
  const page = new Page(job, records);
  const before = records.losses;
  records.load(JSON.stringify(job.ids));
  for (const row of imageRows(job, records.imageColumns)) page.add(row);
  const { repaired, leftOut } = records.losses;
  return {
    ...page.made(),
    losses: { repaired: repaired - before.repaired, leftOut: leftOut - before.leftOut },
    targetLosses: records.targetLosses,
  };
}

/** What is made of a job, row by row. */
class Page {
  readonly #job: RecordsJob['records'];
  readonly #records: RowRecords;
  readonly #authorAt: number;
  readonly #made: Uint8Array;
  readonly #urls: (string | null)[];
  readonly #localPaths: string[];
  readonly #authors: unknown[];
  readonly #counts = new PageCounts();
  readonly #lines: string[] = [];
  readonly #ends: number[] = [];
  #bytes = 0;

  constructor(job: RecordsJob['records'], records: RowRecords) {
    const { length } = job.ids;
    this.#job = job;
    this.#records = records;
    this.#authorAt = records.imageColumns.indexOf('author');
    this.#made = new Uint8Array(length);
    this.#urls = Array<string | null>(length).fill(null);
    this.#localPaths = Array<string>(length).fill('');
    this.#authors = Array<unknown>(length).fill(null);
  }

  add(row: PlacedImage): void {
    const { at } = row;
    const localPath = withSlashes(row.localPath ?? '');
    this.#urls[at] = row.url;
    this.#localPaths[at] = localPath;
    this.#authors[at] = row.image[this.#authorAt] ?? null;
    this.#made[at] =
      this.#job.travels[at] === TRAVELS.nothing ? MADE.nothing : this.#addRecord(row, localPath);
  }

  #addRecord(row: PlacedImage, localPath: string): number {
    const file = fileOf(this.#job, row.at, localPath);
    const { record, counted } = this.#records.record(row, file, this.#job.digests[row.at]!);
    const line = canonicalLine(record);
    const length = Buffer.byteLength(line);
    if (length > MAX_LINE_BYTES) return MADE.tooLong;
    this.#counts.add(counted);
    this.#lines.push(line);
    this.#bytes += length;
    this.#ends.push(this.#bytes);
    return MADE.record;
  }

  made(): Omit<MadeRecords, 'losses' | 'targetLosses'> {
    return {
      lines: ownBytes(this.#lines.join(''), this.#bytes),
      ends: Uint32Array.from(this.#ends),
      made: this.#made,
      urls: this.#urls,
      localPaths: this.#localPaths,
      authors: this.#authors,
      counts: this.#counts,
    };
  }
}

/** In memory that nothing else lies in: it goes away with the answer. */
function ownBytes(text: string, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  new TextEncoder().encodeInto(text, bytes);
  return bytes;
}

export function memoryOfRecords({ lines, ends }: MadeRecords): ArrayBuffer[] {
  return [lines.buffer, ends.buffer];
}

interface PlacedImage extends ImageRow {
  /** In the lists of the job. */
  readonly at: number;
  readonly url: string | null;
  readonly localPath: string | null;
}

/** Those that are still there. */
function* imageRows(
  { database, ids }: RecordsJob['records'],
  imageColumns: readonly string[],
): Generator<PlacedImage> {
  const { shape, statements } = archiveAt(database);
  const columns = [
    ...imageColumns.map((column) => `images."${column}"`),
    'page.key',
    'page.value',
    ...['url', 'local_path'].map((column) => shape.text('images', column)),
  ];
  const from = 'json_each(?) AS page CROSS JOIN main.images ON images.id = page.value';
  // Arrays, not objects: with so many columns that is twice as fast.
  const rows = statements.get<unknown[]>(`SELECT ${columns.join(', ')} FROM ${from} ORDER BY page.key`).raw();
  const behind = imageColumns.length;
  for (const row of rows.all(JSON.stringify(ids))) {
    const [at, id] = [row[behind] as number, row[behind + 1] as number];
    const [url, localPath] = [row[behind + 2] as string | null, row[behind + 3] as string | null];
    yield { at, id, url, localPath, image: row };
  }
}

function fileOf(
  { travels, digests, sizes, mtimes }: RecordsJob['records'],
  at: number,
  localPath: string,
): FileReference | null {
  if (travels[at] !== TRAVELS.file) return null;
  return { digest: digests[at]!, size: sizes[at]!, name: travellingName(localPath), mtime: mtimes[at]! };
}

/** A base name that any reader accepts; what it cannot carry is put in the receiver's own words there. */
export function travellingName(localPath: string): string {
  return travellingText(baseName(localPath)).slice(0, 1024);
}
