import { digestOf } from '../base/digest.ts';
import { entryKind } from '../bundle/entry-names.ts';
import { wholeEntries } from '../bundle/frame-scan.ts';
import type { ScannedEntry } from '../bundle/frames-ahead.ts';

/** The content of a frame in shared memory. */
export interface ScanJob {
  readonly memory: SharedArrayBuffer;
  readonly contentBytes: number;
}

/** Reads the headers in a frame, and hashes the photos. */
export function scanFrame({ memory, contentBytes }: ScanJob): ScannedEntry[] {
  return [...wholeEntries(Buffer.from(memory, 0, contentBytes))].map(({ header, content }) => {
    const isPhoto = entryKind(header.name) === 'payload';
    return { ...header, digest: isPhoto ? digestOf(content) : null };
  });
}
