import { isUtf8 } from 'node:buffer';
import { type Digest, digestOf } from '../base/digest.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import { parseRecord } from '../manifest/parse.ts';
import { type PlainRecord, readPlainRecord } from '../manifest/plain-record.ts';
import { lineEnds } from '../manifest/shards.ts';

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
  /** Its size in bytes; -1 for a record without a file. */
  readonly sizes: Float64Array<ArrayBuffer>;
  /** Lines, counted from 0, that are no records, and why. */
  readonly problems: readonly (readonly [line: number, problem: string])[];
}

/** Holds each line of a shard to the rules for records. */
export function scanShard(content: Buffer): ShardScan {
  const ends = lineEnds(content);
  const { digests, sizes } = roomFor(ends.length);
  const problems: [number, string][] = [];
  const look = isUtf8(content) ? fileIn : parsedFileIn;
  for (let at = 0, start = 0; at < ends.length; start = ends[at]! + 1, at += 1) {
    const { file, problem } = look(content, start, ends[at]!);
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

let room = { digests: Buffer.alloc(0), sizes: new Float64Array(0) };

/** Where lines are gone through: what lived as long as that would stay behind until much later. Digests are zero. */
function roomFor(lines: number): typeof room {
  if (room.sizes.length < lines)
    room = { digests: Buffer.alloc(lines * DIGEST_BYTES), sizes: new Float64Array(lines) };
  room.digests.fill(0);
  room.sizes.fill(-1);
  return room;
}

/** The file that a record carries, or why a line is none. */
interface Look extends PlainRecord {
  readonly problem: string | null;
}

/** In text that is UTF-8: nearly all of its lines are as the writer makes them. */
function fileIn(content: Buffer, start: number, end: number): Look {
  const plain = readPlainRecord(content.toString('latin1', start, end));
  return plain === null ? parsedFileIn(content, start, end) : { ...plain, problem: null };
}

function parsedFileIn(content: Buffer, start: number, end: number): Look {
  if (end - start > MAX_LINE_BYTES) return { file: null, problem: 'line too long' };
  const { value, problem } = parseRecord(content.subarray(start, end));
  return { file: value?.file ?? null, problem };
}
