import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as soon } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type FrameClaim, type ProvenFrame, readClaimedFrame } from '../../src/bundle/claimed-frame.ts';
import { decodeFrame } from '../../src/bundle/decode-frame.ts';
import { wholeEntries } from '../../src/bundle/frame-scan.ts';
import { entryKind } from '../../src/bundle/entry-names.ts';
import type { FrameScanner, ScannedEntry, ScannedFrame } from '../../src/bundle/frames-ahead.ts';
import { FindingList } from '../../src/base/findings.ts';
import { PackedReader } from '../../src/bundle/packed-reader.ts';
import { SeekIndex } from '../../src/bundle/seek-index.ts';
import { inFolder } from './programs.ts';
import {
  bundleOf,
  frameOffsets,
  type Layout,
  MemorySource,
  noise,
  photo,
  readAll,
  text,
} from './sample-bundle.ts';

const layout: Layout = [
  text('manifest.json', '{}'),
  text('records/00001.jsonl', '{"image":{}}\n'.repeat(20)),
  [photo(noise(300, 1)), photo(noise(600, 2))],
  [photo(noise(90, 3)), photo(noise(0)), photo(noise(513, 5))],
  [photo(noise(40, 6))],
  [photo(noise(2000, 7)), photo(noise(1, 8))],
  text('index.jsonl', '{}\n'),
];

let bundle: Buffer;
let offsets: number[];
beforeAll(async () => {
  bundle = await bundleOf(layout);
  offsets = frameOffsets(bundle);
});

function entriesIn(content: Buffer): ScannedEntry[] {
  const entries: ScannedEntry[] = [];
  for (const { header } of wholeEntries(content)) {
    const kind = entryKind(header.name);
    if (kind === null) break;
    entries.push({ ...header, kind, digest: null, details: null });
  }
  return entries;
}

/** Holds so many frames, and spoils the content of each that is given back. */
class Holding implements FrameScanner {
  readonly most: number;
  readonly file: number | null;
  held = 0;
  scans = 0;
  reads = 0;

  constructor(most: number, file: number | null = null) {
    this.most = most;
    this.file = file;
  }

  hasRoom(): boolean {
    return this.held < this.most;
  }

  scan(frame: Buffer, contentSize: number, hasChecksum: boolean): ScannedFrame | null {
    const content = Buffer.alloc(contentSize);
    if (decodeFrame(frame, content) !== contentSize) return null;
    return this.#scanned(content, () => ({ hasChecksum }));
  }

  read(claim: FrameClaim): ScannedFrame | null {
    const { file } = this;
    if (file === null) return null;
    const content = Buffer.alloc(claim.contentSize);
    this.reads += 1;
    return this.#scanned(content, () => readClaimedFrame(file, claim, content));
  }

  #scanned(content: Buffer, prove: () => ProvenFrame | null): ScannedFrame {
    this.held += 1;
    this.scans += 1;
    const scan = soon().then(() => {
      const proven = prove();
      return proven && { ...proven, entries: entriesIn(content) };
    });
    const release = () => {
      this.held -= 1;
      content.fill(0xff);
    };
    return { content, scan, release };
  }
}

/** Other changes can have left nothing. */
const placeIn = (bytes: Buffer, at: number) => at % Math.max(1, bytes.length);

const whole = fc.constant((good: Buffer) => good);
const flipped = fc.tuple(fc.nat(), fc.nat(7)).map(([at, bit]) => (good: Buffer) => {
  good[placeIn(good, at)]! ^= 1 << bit;
  return good;
});
const cut = fc.nat().map((at) => (good: Buffer) => good.subarray(0, placeIn(good, at)));
const zeroed = fc.tuple(fc.nat(), fc.nat(600)).map(
  ([at, length]) =>
    (good: Buffer) =>
      good.fill(0, placeIn(good, at), Math.min(good.length, placeIn(good, at) + length)),
);
const withFrames = fc.array(fc.nat(20), { minLength: 1, maxLength: 12 }).map((order) => (good: Buffer) => {
  const frames = offsets.slice(0, -1).map((from, nth) => good.subarray(from, offsets[nth + 1]));
  return Buffer.concat([...order.map((nth) => frames[nth % frames.length]!), good.subarray(offsets.at(-1))]);
});

test('read ahead, a bundle says the same as frame by frame, whatever has become of it', async () => {
  const change = fc.oneof(whole, flipped, cut, zeroed, withFrames);
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 3 }), fc.nat(6), async (changes, most) => {
      const input = changes.reduce<Buffer>((good, one) => one(good), Buffer.from(bundle));
      const scanner = new Holding(most);
      const ahead = await readAll(input, Infinity, (reader) => reader.scanWith(scanner));
      expect(ahead).toEqual(await readAll(input));
    }),
    { numRuns: 1500 },
  );
});

/** A seek table that says something else: lengths that add up to the same, and those that do not. */
const liedAbout = fc.tuple(fc.nat(), fc.nat(3), fc.nat(40)).map(([entry, field, by]) => (good: Buffer) => {
  const table = good.subarray(offsets.at(-1));
  if (good.length < bundle.length) return good;
  const at = 8 + (entry % (offsets.length - 2)) * 8 + (field % 2) * 4;
  table.writeUInt32LE(table.readUInt32LE(at) + by * 512, at);
  if (field > 1) table.writeUInt32LE(Math.max(0, table.readUInt32LE(at + 8) - by * 512), at + 8);
  return good;
});

test('what threads read by the seek table says the same as well, whether that tells the truth or not', async () => {
  const change = fc.oneof(whole, flipped, cut, zeroed, withFrames, liedAbout);
  await inFolder(async (folder) => {
    const path = join(folder, 'bundle');
    let reads = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 3 }), fc.nat(6), async (changes, most) => {
        const input = changes.reduce<Buffer>((good, one) => one(good), Buffer.from(bundle));
        writeFileSync(path, input);
        const file = openSync(path, 'r');
        try {
          const scanner = new Holding(most, file);
          const seeks = await SeekIndex.load(new MemorySource(input));
          const ahead = await readAll(input, Infinity, (reader) => reader.scanWith(scanner, seeks));
          expect(ahead).toEqual(await readAll(input));
          reads += scanner.reads;
        } finally {
          closeSync(file);
        }
      }),
      { numRuns: 1000, examples: [[[], 4]] },
    );
    expect(reads).toBeGreaterThan(1000);
  });
});

const RANGES = [
  [2, 3],
  [2, 5],
  [3, 4],
  [5, 6],
] as const;

const skipping = (from: number, to: number) => (number: number) =>
  number >= from && number < to ? { number: to, offset: offsets[to]!, tarOffset: 0 } : null;

test('what is passed over is not read ahead, from wherever on', async () => {
  for (const [from, to] of RANGES) {
    const scanner = new Holding(4);
    const skip = (reader: PackedReader) => (reader.skip = skipping(from, to));
    const ahead = await readAll(bundle, Infinity, (reader) => {
      reader.scanWith(scanner);
      skip(reader);
    });
    expect(ahead.names).toEqual((await readAll(bundle, Infinity, skip)).names);
    expect(scanner.scans).toBe(offsets.length - 1 - (to - from));
    expect(scanner.held).toBeLessThanOrEqual(1);
  }
});

test('what was read ahead is dropped when it turns out that it is not needed', async () => {
  const namesOf = async (from: number, to: number, prepare: (reader: PackedReader) => void) => {
    const names: string[] = [];
    const reader = new PackedReader(new MemorySource(bundle), new FindingList());
    prepare(reader);
    for await (const entry of reader.entries()) {
      names.push(entry.name);
      if (entry.kind === 'records') reader.skip = skipping(from, to);
    }
    return names;
  };
  for (const [from, to] of RANGES) {
    const expected = await namesOf(from, to, () => {});
    expect(await namesOf(from, to, (reader) => reader.scanWith(new Holding(4)))).toEqual(expected);
  }
});
