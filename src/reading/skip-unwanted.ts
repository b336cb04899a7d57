import { FindingList, Refused } from '../base/findings.ts';
import { FileSource } from '../bundle/byte-source.ts';
import { EntryDamaged } from '../bundle/entry.ts';
import { type FrameSkip, PackedReader } from '../bundle/packed-reader.ts';
import type { FrameStart, SeekIndex } from '../bundle/seek-index.ts';
import { BLOCK, padded } from '../bundle/tar-header.ts';
import { isPackedLine } from '../manifest/lines.ts';
import { parseIndexLine } from '../manifest/parse.ts';
import type { BundleWalk } from './bundle-walk.ts';
import { findIndex } from './end-of-file.ts';
import { EntryLines } from './entry-lines.ts';
import type { OpenedBundle } from './open-bundle.ts';

/**
 * Lets the reader pass over frames that hold nothing wanted, where the file has a seek table and an
 * index to say so. Both are hints: where they mislead, what was wanted is found missing and is said.
 */
export async function skipUnwanted(
  bundle: OpenedBundle,
  walk: BundleWalk,
  wants: (digest: string) => boolean,
): Promise<void> {
  if (bundle.source === null || !(bundle.reader instanceof PackedReader)) return;
  const found = await findIndex(bundle.source);
  if (found === null) return;
  const needed = await neededFrames(bundle.label, found.seeks, found.start, walk, wants);
  if (needed !== null) bundle.reader.skip = skipper(needed, found.seeks, found.start.number);
}

/** One byte a frame: 1 where something wanted lies. Null when the index cannot be read. */
async function neededFrames(
  path: string,
  seeks: SeekIndex,
  indexStart: FrameStart,
  walk: BundleWalk,
  wants: (digest: string) => boolean,
): Promise<Uint8Array | null> {
  const reader = new PackedReader(await FileSource.open(path), new FindingList());
  reader.skip = (number) => (number < indexStart.number ? indexStart : null);
  let needed: Uint8Array | null = null;
  try {
    needed = await readNeeded(reader, seeks, walk, wants);
  } catch (error) {
    // It was only a hint: whoever reads the bundle from first to last says what is wrong with it.
    if (!(error instanceof Refused || error instanceof EntryDamaged)) throw error;
  } finally {
    await reader.close();
  }
  if (needed === null) walk.passNothingOver();
  return needed;
}

async function readNeeded(
  reader: PackedReader,
  seeks: SeekIndex,
  walk: BundleWalk,
  wants: (digest: string) => boolean,
): Promise<Uint8Array | null> {
  const needed = new Uint8Array(seeks.frames);
  for await (const entry of reader.entries()) {
    if (entry.kind !== 'index') return null;
    for await (const { some } of new EntryLines(entry).batches()) {
      for (const line of some) {
        const { value } = parseIndexLine(line);
        if (value === null) return null;
        if (!isPackedLine(value)) continue;
        if (wants(value.digest)) mark(needed, seeks, value.offset, BLOCK + padded(value.size));
        else walk.passOver(value.digest);
      }
    }
    return needed;
  }
  return null;
}

function mark(needed: Uint8Array, seeks: SeekIndex, offset: number, length: number): void {
  const last = seeks.frameAt(offset + length - 1).number;
  for (let number = seeks.frameAt(offset).number; number <= last; number += 1) needed[number] = 1;
}

function skipper(needed: Uint8Array, seeks: SeekIndex, indexFrame: number): FrameSkip {
  return (number) => {
    if (number >= indexFrame || needed[number] === 1) return null;
    const next = needed.indexOf(1, number);
    return seeks.start(next < 0 || next > indexFrame ? indexFrame : next);
  };
}
