import { type Digest, digestOf } from '../base/digest.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import { parseRecord } from '../manifest/parse.ts';
import { lineEnds } from '../manifest/shards.ts';

/** Bytes of a digest. */
export const DIGEST_BYTES = 32;

/** What a look at a shard of records tells of its lines, in numbers, so that it can come from a thread. */
export interface ShardScan {
  /** Of all of the shard. */
  readonly digest: Digest;
  /** Where each line ends, its newline not counted. */
  readonly ends: Uint32Array;
  /** Of the file that the record of each line carries, 32 bytes a line. */
  readonly digests: Uint8Array;
  /** Its size in bytes; -1 for a record without a file. */
  readonly sizes: Float64Array;
  /** Lines, counted from 0, that are no records, and why. */
  readonly problems: readonly (readonly [line: number, problem: string])[];
}

/** Holds each line of a shard to the rules for records. */
export function scanShard(content: Buffer): ShardScan {
  const ends = lineEnds(content);
  const digests = Buffer.alloc(ends.length * DIGEST_BYTES);
  const sizes = new Float64Array(ends.length).fill(-1);
  const problems: [number, string][] = [];
  for (let at = 0, start = 0; at < ends.length; start = ends[at]! + 1, at += 1) {
    const { value, problem } = recordIn(content.subarray(start, ends[at]));
    if (problem !== null) problems.push([at, problem]);
    if (value?.file === undefined) continue;
    digests.write(value.file.digest, at * DIGEST_BYTES, 'hex');
    sizes[at] = value.file.size;
  }
  return { digest: digestOf(content), ends, digests, sizes, problems };
}

function recordIn(line: Buffer): ReturnType<typeof parseRecord> {
  return line.length > MAX_LINE_BYTES ? { value: null, problem: 'line too long' } : parseRecord(line);
}
