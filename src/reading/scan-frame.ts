import { type Digest, digestOf } from '../base/digest.ts';
import { type FrameClaim, readClaimedFrame } from '../bundle/claimed-frame.ts';
import { ENTRY_ORDER, entryKind } from '../bundle/entry-names.ts';
import { type WholeEntry, wholeEntries } from '../bundle/frame-scan.ts';
import type { FrameScan } from '../bundle/frames-ahead.ts';
import { scanShard, type ShardScan } from './scan-shard.ts';

/** The content of a frame in shared memory, or a frame in a file that is to be read there. */
export type ScanJob = { readonly memory: SharedArrayBuffer } & (
  | { readonly contentBytes: number; readonly hasChecksum: boolean }
  | { readonly file: number; readonly claim: FrameClaim }
);

/**
 * What was found, in as few pieces as there can be: messages are copied. The entries' names and digests
 * are joined by newlines; a digest that was not asked for is empty.
 */
export interface ScanAnswer {
  readonly hasChecksum: boolean;
  readonly names: string;
  /** Numbers in `ENTRY_ORDER`. */
  readonly kinds: Uint8Array;
  readonly sizes: Float64Array;
  readonly mtimes: Float64Array;
  readonly digests: string;
  /** Of the first entry, where that is one of records. */
  readonly shard: ShardScan | null;
}

/** Reads the headers in a frame, hashes the photos, and looks through records. Null where the frame is not what was said of it. */
export function scanFrame(job: ScanJob): ScanAnswer | null {
  if ('contentBytes' in job)
    return scanContent(Buffer.from(job.memory, 0, job.contentBytes), job.hasChecksum);
  const { memory, file, claim } = job;
  const content = Buffer.from(memory, 0, claim.contentSize);
  const proven = readClaimedFrame(file, claim, content);
  return proven && scanContent(content, proven.hasChecksum);
}

function scanContent(frame: Buffer, hasChecksum: boolean): ScanAnswer {
  const entries: WholeEntry[] = [];
  const kinds: number[] = [];
  const digests: Digest[] = [];
  let shard: ShardScan | null = null;
  for (const entry of wholeEntries(frame)) {
    const kind = entryKind(entry.header.name);
    if (kind === null) break; // a name that is none of ours is refused in its turn
    if (kind === 'records' && entries.length === 0) shard = scanShard(entry.content);
    const asked = kind === 'payload' ? digestOf(entry.content) : '';
    digests.push(entries.length === 0 && shard !== null ? shard.digest : asked);
    kinds.push(ENTRY_ORDER.indexOf(kind));
    entries.push(entry);
  }
  return {
    hasChecksum,
    names: entries.map(({ header }) => header.name).join('\n'),
    kinds: Uint8Array.from(kinds),
    sizes: Float64Array.from(entries, ({ header }) => header.size),
    mtimes: Float64Array.from(entries, ({ header }) => header.mtime),
    digests: digests.join('\n'),
    shard,
  };
}

/** The answer in the form that the reader of frames takes. */
export function frameScan({
  hasChecksum,
  names,
  kinds,
  sizes,
  mtimes,
  digests,
  shard,
}: ScanAnswer): FrameScan {
  if (sizes.length === 0) return { hasChecksum, entries: [] };
  const found = digests.split('\n');
  const entries = names.split('\n').map((name, at) => ({
    name,
    kind: ENTRY_ORDER[kinds[at]!]!,
    size: sizes[at]!,
    mtime: mtimes[at]!,
    digest: found[at] || null,
    details: at === 0 ? shard : null,
  }));
  return { hasChecksum, entries };
}
