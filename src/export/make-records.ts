import { canonicalLine } from '../base/canonical-json.ts';
import type { Digest } from '../base/digest.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import type { LinkKind } from '../archive/link-tables.ts';
import { baseName, withSlashes } from '../archive/photo-path.ts';
import type { FileReference } from '../manifest/types.ts';
import { type Counts, PageCounts } from './page-counts.ts';
import { type ImageRow, RowRecords } from './row-record.ts';
import { archiveAt, type ThreadArchive } from './thread-archive.ts';
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
  const count = job.ids.length;
  const records = maker(job);
  const before = records.losses;
  const made = new Uint8Array(count);
  const urls = Array<string | null>(count).fill(null);
  const localPaths = Array<string>(count).fill('');
  const authors = Array<unknown>(count).fill(null);
  const counts = new PageCounts();
  const lines: string[] = [];
  const ends: number[] = [];
  let bytes = 0;
  const authorAt = records.imageColumns.indexOf('author');
  records.load(JSON.stringify(job.ids));
  for (const { at, url, localPath, ...row } of imageRows(job, records.imageColumns)) {
    urls[at] = url;
    localPaths[at] = withSlashes(localPath ?? '');
    authors[at] = row.image[authorAt] ?? null;
    made[at] = MADE.nothing;
    if (job.travels[at] === TRAVELS.nothing) continue;
    const { record, counted } = records.record(row, fileOf(job, at, localPaths[at]), job.digests[at]!);
    const line = canonicalLine(record);
    const length = Buffer.byteLength(line);
    made[at] = length > MAX_LINE_BYTES ? MADE.tooLong : MADE.record;
    if (made[at] === MADE.tooLong) continue;
    counts.add(counted);
    lines.push(line);
    ends.push((bytes += length));
  }
  const { losses, targetLosses } = records;
  return {
    lines: ownBytes(lines.join(''), bytes),
    ends: Uint32Array.from(ends),
    made,
    urls,
    localPaths,
    authors,
    counts,
    losses: { repaired: losses.repaired - before.repaired, leftOut: losses.leftOut - before.leftOut },
    targetLosses,
  };
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

type RawRow = [at: number, id: number, url: string | null, localPath: string | null, ...image: unknown[]];

/** Those that are still there. */
function* imageRows(
  { database, ids }: RecordsJob['records'],
  imageColumns: readonly string[],
): Generator<PlacedImage> {
  const { shape, statements } = archiveAt(database);
  const columns = [
    ...['url', 'local_path'].map((column) => shape.text('images', column)),
    ...imageColumns.map((column) => `images."${column}"`),
  ];
  // Arrays, not objects: with so many columns that is twice as fast.
  const rows = statements
    .get(
      `SELECT key, value, ${columns.join(', ')} FROM json_each(?) CROSS JOIN main.images ON images.id = value ORDER BY key`,
    )
    .raw()
    .all(JSON.stringify(ids)) as RawRow[];
  for (const [at, id, url, localPath, ...image] of rows) yield { at, id, url, localPath, image };
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
