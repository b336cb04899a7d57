/** Damage to the bytes of a bundle, as disks, sticks and downloads do it; the same for the same seed. */

import { seeded } from './counting.ts';

export interface Mutation {
  readonly kind: string;
  readonly bytes: Buffer;
}

const SECTOR = 512;

type Change = (bundle: Buffer, pick: Pick) => Buffer;

/** Whole numbers from 0 to below `limit`. */
type Pick = (limit: number) => number;

/** The offset of each frame, and of the seek table behind them. */
export function frameBorders(bundle: Buffer): number[] {
  const count = bundle.readUInt32LE(bundle.length - 9);
  const table = bundle.length - 9 - count * 8;
  const borders = [0];
  for (let at = 0; at < count; at += 1) borders.push(borders.at(-1)! + bundle.readUInt32LE(table + at * 8));
  return borders;
}

function copied(bundle: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bundle);
  change(copy);
  return copy;
}

/** Mostly anywhere, and half of the time close to a border of frames, where the headers are. */
function somewhere(bundle: Buffer, pick: Pick): number {
  if (pick(2) === 0) return pick(bundle.length);
  const borders = frameBorders(bundle);
  return Math.min(bundle.length - 1, Math.max(0, borders[pick(borders.length)]! + pick(96) - 24));
}

const sectorAt = (bundle: Buffer, pick: Pick) => Math.floor(somewhere(bundle, pick) / SECTOR) * SECTOR;

/** The pieces between the borders, put together anew. */
function reframed(bundle: Buffer, change: (frames: Buffer[]) => void): Buffer {
  const borders = frameBorders(bundle);
  const frames = borders.slice(0, -1).map((from, at) => bundle.subarray(from, borders[at + 1]));
  change(frames);
  return Buffer.concat([...frames, bundle.subarray(borders.at(-1))]);
}

const CHANGES: Readonly<Record<string, Change>> = {
  'a flipped bit': (bundle, pick) =>
    copied(bundle, (copy) => (copy[somewhere(bundle, pick)]! ^= 1 << pick(8))),
  'several flipped bits': (bundle, pick) =>
    copied(bundle, (copy) => {
      for (let left = 2 + pick(30); left > 0; left -= 1) copy[somewhere(bundle, pick)]! ^= 1 << pick(8);
    }),
  'a cut': (bundle, pick) => bundle.subarray(0, somewhere(bundle, pick)),
  'a lost head': (bundle, pick) => bundle.subarray(1 + somewhere(bundle, pick)),
  'zeroed sectors': (bundle, pick) =>
    copied(bundle, (copy) => {
      const at = sectorAt(bundle, pick);
      copy.fill(0, at, Math.min(copy.length, at + SECTOR * (1 + pick(8))));
    }),
  'a doubled sector': (bundle, pick) => {
    const at = sectorAt(bundle, pick);
    return Buffer.concat([bundle.subarray(0, at + SECTOR), bundle.subarray(at)]);
  },
  'a lost sector': (bundle, pick) => {
    const at = sectorAt(bundle, pick);
    return Buffer.concat([bundle.subarray(0, at), bundle.subarray(at + SECTOR)]);
  },
  'a sector from elsewhere': (bundle, pick) =>
    copied(bundle, (copy) =>
      bundle.copy(copy, sectorAt(bundle, pick), sectorAt(bundle, pick), sectorAt(bundle, pick) + SECTOR),
    ),
  noise: (bundle, pick) =>
    copied(bundle, (copy) => {
      const at = somewhere(bundle, pick);
      for (let left = Math.min(1 + pick(200), copy.length - at); left > 0; left -= 1)
        copy[at + left - 1] = pick(256);
    }),
  'two frames swapped': (bundle, pick) =>
    reframed(bundle, (frames) => {
      const [one, other] = [pick(frames.length), pick(frames.length)];
      [frames[one], frames[other]] = [frames[other]!, frames[one]!];
    }),
  'a lost frame': (bundle, pick) => reframed(bundle, (frames) => frames.splice(pick(frames.length), 1)),
  'a doubled frame': (bundle, pick) =>
    reframed(bundle, (frames) => {
      const at = pick(frames.length);
      frames.splice(pick(frames.length + 1), 0, frames[at]!);
    }),
};

export const MUTATION_KINDS = Object.keys(CHANGES);

/** The mutation with a number: its kind, place and bytes follow from it. */
export function mutated(bundle: Buffer, number: number): Mutation {
  const random = seeded(number);
  const pick: Pick = (limit) => Math.floor(random() * limit);
  const kind = MUTATION_KINDS[number % MUTATION_KINDS.length]!;
  return { kind, bytes: CHANGES[kind]!(bundle, pick) };
}
