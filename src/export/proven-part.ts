import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { FindingList, Refused } from '../base/findings.ts';
import { FileSource } from '../bundle/byte-source.ts';
import { type Entry, EntryDamaged } from '../bundle/entry.ts';
import { payloadDigest } from '../bundle/entry-names.ts';
import { PackedReader } from '../bundle/packed-reader.ts';
import type { PackStep } from './pack-progress.ts';
import type { PlanVolume } from './plan-volume.ts';

/**
 * The step behind which a part file can be gone on with; null when nothing of it is of use. What
 * the disk is known to have counts as it is; what came later may be there or not, so it is proven.
 */
export async function lastProvenStep(volume: PlanVolume, part: string): Promise<PackStep | null> {
  const size = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  const durable = volume.synced;
  const trusted = size < durable ? null : volume.progress.stepWithin(durable);
  return volume.progress.stepWithin(await provenBytes(part, size, trusted));
}

/** How many bytes from the start of the file are whole frames with the right content. */
async function provenBytes(part: string, size: number, trusted: PackStep | null): Promise<number> {
  const from = trusted?.position ?? 0;
  if (size <= from) return from;
  const findings = new FindingList();
  const reader = new PackedReader(await FileSource.open(part), findings);
  if (trusted !== null) {
    // Offsets in the tar are of no interest here.
    reader.skip = (number) =>
      number < trusted.frames ? { number: trusted.frames, offset: from, tarOffset: 0 } : null;
  }
  try {
    return await walk(reader, findings, from);
  } finally {
    await reader.close();
  }
}

async function walk(reader: PackedReader, findings: FindingList, from: number): Promise<number> {
  let proven = from;
  try {
    for await (const entry of reader.entries()) {
      if (findings.total > 0) return proven;
      proven = entry.place.offset ?? proven;
      if (!(await isRight(entry))) return proven;
    }
  } catch (error) {
    if (error instanceof Refused) return proven;
    throw error;
  }
  const [cut] = findings.listed;
  return cut?.code === 'truncated' && findings.total === 1 ? (cut.where.offset ?? proven) : proven;
}

/** Frames of documents have checksums; a photo is what its name says. */
async function isRight(entry: Entry): Promise<boolean> {
  const expected = payloadDigest(entry.name);
  const hash = createHash('sha256');
  try {
    for await (const piece of entry.pieces()) if (expected !== null) hash.update(piece);
  } catch (error) {
    if (error instanceof EntryDamaged) return false;
    throw error;
  }
  return expected === null || hash.digest('hex') === expected;
}
