import type { Digest } from '../base/digest.ts';
import { FindingList, Refused } from '../base/findings.ts';
import { MAX_END_BYTES } from '../base/limits.ts';
import { FileSource } from '../bundle/byte-source.ts';
import { type Entry, EntryDamaged, readWhole } from '../bundle/entry.ts';
import { entryKind } from '../bundle/entry-names.ts';
import { PackedReader } from '../bundle/packed-reader.ts';
import { SeekIndex } from '../bundle/seek-index.ts';
import { parseEnd } from '../manifest/parse.ts';
import type { End } from '../manifest/types.ts';
import { readEndOfFile } from './end-of-file.ts';
import { EntryLines } from './entry-lines.ts';

/** What the end of a bundle proves: end.json names SHA256SUMS, and that names every document. */
export interface Tail {
  readonly end: End;
  /** Digests of manifest, README and shards by entry name. */
  readonly documents: ReadonlyMap<string, Digest>;
}

/** Entries whose digests are of use without a manifest; photos prove themselves. */
const DOCUMENTS = new Set(['manifest', 'readme', 'records', 'authors']);

const SUMS_LINE = /^([0-9a-f]{64}) {2}([\x21-\x7e]{1,100})$/;

/** The digest of SHA256SUMS, and those of the documents in it where they are asked for: none has to be read for its own digest. */
export async function readSums(
  entry: Entry,
  withDocuments: boolean,
): Promise<{ readonly digest: Digest; readonly documents: Map<string, Digest> }> {
  const lines = new EntryLines(entry);
  const documents = new Map<string, Digest>();
  for await (const { some } of lines.batches()) {
    if (withDocuments) noteDocuments(some, documents);
  }
  return { digest: lines.digest(), documents };
}

function noteDocuments(lines: readonly Buffer[], documents: Map<string, Digest>): void {
  for (const line of lines) {
    const [, digest, name] = SUMS_LINE.exec(line.toString('latin1')) ?? [];
    if (digest !== undefined && name !== undefined && DOCUMENTS.has(entryKind(name) ?? ''))
      documents.set(name, digest);
  }
}

/** Null when the end of the file is lost, too: then nothing proves its records. */
export async function readTail(path: string): Promise<Tail | null> {
  const source = await FileSource.open(path);
  let start: { readonly seeks: SeekIndex; readonly end: End } | null = null;
  try {
    const end = await readEndOfFile(source);
    const seeks = end === null ? null : await SeekIndex.load(source);
    if (end !== null && seeks !== null) start = { seeks, end };
  } finally {
    await source.close();
  }
  const found = start === null ? null : await walkTail(path, start.seeks, start.end);
  return found ?? (await walkTail(path, null, null)); // the seek table is only a hint
}

/** Reads from SHA256SUMS on where the seek table leads there, else the whole file. */
async function walkTail(path: string, seeks: SeekIndex | null, end: End | null): Promise<Tail | null> {
  const findings = new FindingList();
  const reader = new PackedReader(await FileSource.open(path), findings);
  const start = seeks === null || end === null ? null : seeks.frameAt(end.sums.offset);
  if (start !== null) reader.skip = (number) => (number < start.number ? start : null);
  try {
    return await findTail(reader);
  } catch (error) {
    if (error instanceof Refused || error instanceof EntryDamaged) return null;
    throw error;
  } finally {
    await reader.close();
  }
}

async function findTail(reader: PackedReader): Promise<Tail | null> {
  let sums: Awaited<ReturnType<typeof readSums>> | null = null;
  for await (const entry of reader.entries()) {
    if (entry.kind === 'sums') sums = await readSums(entry, true);
    if (entry.kind !== 'end' || sums === null) continue;
    const bytes = await readWhole(entry, MAX_END_BYTES);
    const end = bytes === null ? null : parseEnd(bytes).value;
    return end !== null && end.sums.digest === sums.digest ? { end, documents: sums.documents } : null;
  }
  return null;
}
