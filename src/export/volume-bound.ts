import { canonicalDocument } from '../base/canonical-json.ts';
import { SHARD_BYTES, SHARD_LINES } from '../base/limits.ts';
import { documentBound, endBound, TABLE_BOUND } from '../bundle/size-bound.ts';
import type { Manifest } from '../manifest/types.ts';
import type { PlanVolume } from './plan-volume.ts';
import { README_TEXT } from './readme-text.ts';
import { omissionLine } from './write-lists.ts';

/** A packed line of the index, and one of SHA256SUMS, with numbers as long as they come. */
const INDEX_LINE = 210;
const SUMS_LINE = 146;

/** What names a shard in the manifest and in SHA256SUMS. */
const SHARD_LINES_BYTES = 300;

/** Lines of SHA256SUMS that are there once. */
const OTHER_SUMS = 4 * SUMS_LINE;

/** `end.json` with all reasons for omissions and numbers as long as they come. */
const END_BYTES = 2048;

/** What one volume holds, in numbers that can be added up. */
export interface Amounts {
  readonly records: number;
  readonly recordBytes: number;
  readonly authors: number;
  readonly authorBytes: number;
  readonly files: number;
  /** Of files: the sum of their `payloadBound`s. */
  readonly fileBytes: number;
  /** Lines of the index about what is left out. */
  readonly omissionBytes: number;
}

export const NOTHING: Amounts = {
  records: 0,
  recordBytes: 0,
  authors: 0,
  authorBytes: 0,
  files: 0,
  fileBytes: 0,
  omissionBytes: 0,
};

export function sumOf(first: Amounts, second: Amounts): Amounts {
  return {
    records: first.records + second.records,
    recordBytes: first.recordBytes + second.recordBytes,
    authors: first.authors + second.authors,
    authorBytes: first.authorBytes + second.authorBytes,
    files: first.files + second.files,
    fileBytes: first.fileBytes + second.fileBytes,
    omissionBytes: first.omissionBytes + second.omissionBytes,
  };
}

/** Bytes of a bundle at most, if nothing in it compresses at all. `manifest` is the manifest's length without its shards. */
export function bundleBound(amounts: Amounts, manifest: number): number {
  const { records, recordBytes, authors, authorBytes, files, fileBytes, omissionBytes } = amounts;
  const shards = mostShards(records, recordBytes) + mostShards(authors, authorBytes);
  return (
    documentBound(manifest) +
    documentBound(Buffer.byteLength(README_TEXT)) +
    compressed(recordBytes + authorBytes) +
    shards * (documentBound(0) + 512 + SHARD_LINES_BYTES + 4) +
    fileBytes +
    documentBound(files * INDEX_LINE + omissionBytes) +
    documentBound(files * SUMS_LINE + OTHER_SUMS) +
    endBound(END_BYTES) +
    TABLE_BOUND
  );
}

const compressed = (bytes: number) => bytes + Math.ceil(bytes / 256);

/** Two shards that follow each other are together more than full. */
function mostShards(lines: number, bytes: number): number {
  if (lines === 0) return 0;
  return Math.min(lines, Math.ceil(lines / SHARD_LINES) + 2 * Math.ceil(bytes / SHARD_BYTES) + 1);
}

/** Bytes of a manifest before its shards are listed. */
export function manifestLength(manifest: Manifest): number {
  return Buffer.byteLength(canonicalDocument({ ...manifest, records: [], authors: [] }));
}

/** At most this many bytes, if nothing compresses at all. */
export function largestSize(volume: PlanVolume): number {
  const shards = (kind: 'records' | 'authors') =>
    volume
      .shardFacts(kind)
      .reduce((sum, { count, size }) => ({ lines: sum.lines + count, bytes: sum.bytes + size }), {
        lines: 0,
        bytes: 0,
      });
  const records = shards('records');
  const authors = shards('authors');
  const { files, bound: fileBytes } = volume.totals();
  let omissionBytes = 0;
  for (const omission of volume.plannedOmissions())
    omissionBytes += Buffer.byteLength(omissionLine(omission));
  const amounts = {
    records: records.lines,
    recordBytes: records.bytes,
    authors: authors.lines,
    authorBytes: authors.bytes,
    files,
    fileBytes,
    omissionBytes,
  };
  return bundleBound(amounts, manifestLength(volume.manifest));
}
