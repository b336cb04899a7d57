import { isUtf8 } from 'node:buffer';
import { type Digest, digestOf } from '../base/digest.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import { parseRecord } from '../manifest/parse.ts';
import { hexValue, NO_FILE, PlainRecordReader } from '../manifest/plain-record.ts';
import { lineEnds } from '../manifest/shards.ts';
import type { FileReference } from '../manifest/types.ts';

/** Bytes of a digest. */
export const DIGEST_BYTES = 32;

/** What a look at a shard of records tells of its lines, in numbers, so that it can come from a thread. */
export interface ShardScan {
  /** Of all of the shard. */
  readonly digest: Digest;
  /** Where each line ends, its newline not counted. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Of the file that the record of each line carries, 32 bytes a line. */
  readonly digests: Uint8Array<ArrayBuffer>;
  /** Its size in bytes; {@link NO_FILE} for a record without one. */
  readonly sizes: Float64Array<ArrayBuffer>;
  /** Lines, counted from 0, that are no records, and why. */
  readonly problems: readonly (readonly [line: number, problem: string])[];
}

/** Holds each line of a shard to the rules for records. */
export function scanShard(content: Buffer): ShardScan {
  const ends = lineEnds(content);
  const { digests, sizes } = roomFor(ends.length);
  const problems: [number, string][] = [];
  const mayBePlain = isUtf8(content);
  for (let at = 0, start = 0; at < ends.length; start = ends[at]! + 1, at += 1) {
    const end = ends[at]!;
    // Nearly all lines are as the writer makes them.
    if (mayBePlain && plain.reads(content, start, end)) {
      sizes[at] = plain.size;
      if (plain.size !== NO_FILE) decodeDigest(content, plain.digestAt, digests, at * DIGEST_BYTES);
      continue;
    }
    const { file, problem } = parsedFileIn(content, start, end);
    if (problem !== null) problems.push([at, problem]);
    if (file === null) continue;
    digests.write(file.digest, at * DIGEST_BYTES, 'hex');
    sizes[at] = file.size;
  }
  return {
    digest: digestOf(content),
    ends,
    digests: new Uint8Array(digests.subarray(0, ends.length * DIGEST_BYTES)),
    sizes: sizes.slice(0, ends.length),
    problems,
  };
}

const plain = new PlainRecordReader();

function decodeDigest(content: Uint8Array, from: number, digests: Uint8Array, to: number): void {
  for (let at = 0; at < DIGEST_BYTES; at += 1)
    digests[to + at] = hexValue(content[from + 2 * at]!) * 16 + hexValue(content[from + 2 * at + 1]!);
}

let room = { digests: Buffer.alloc(0), sizes: new Float64Array(0) };

/** Where lines are gone through: what lived as long as that would stay behind until much later. Digests are zero. */
function roomFor(lines: number): typeof room {
  if (room.sizes.length < lines)
    room = { digests: Buffer.alloc(lines * DIGEST_BYTES), sizes: new Float64Array(lines) };
  room.digests.fill(0);
  room.sizes.fill(NO_FILE);
  return room;
}

/** The file that a record carries, or why a line is none. */
interface Look {
  readonly file: Pick<FileReference, 'digest' | 'size'> | null;
  readonly problem: string | null;
}

function parsedFileIn(content: Buffer, start: number, end: number): Look {
  if (end - start > MAX_LINE_BYTES) return { file: null, problem: 'line too long' };
  const { value, problem } = parseRecord(content.subarray(start, end));
  return { file: value?.file ?? null, problem };
}
