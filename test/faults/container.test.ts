import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BundleWriter } from '../../src/bundle/bundle-writer.ts';
import {
  MemorySink,
  MemorySource,
  type Part,
  type Reading,
  readAll,
  sha256,
} from '../bundle/sample-bundle.ts';
import {
  END_BLOCKS,
  type RawFrame,
  rawFrame,
  rawSeekTable,
  rawTar,
  storedFrame,
} from '../../fixtures/raw-container.ts';
import { counted, LONG, seeded } from './counting.ts';

const RUNS = LONG ? 5_000 : 120;
const BLOCK = 512;

/** Sizes around the borders of blocks, and any others. */
const size = fc.oneof(
  fc.integer({ min: 0, max: 40_000 }),
  fc.constantFrom(0, 1, 511, 512, 513, 1023, 1024, 1025, 65_536),
);

const content = fc.tuple(size, fc.integer(), fc.boolean()).map(([length, seed, flat]) => {
  const random = seeded(seed);
  return flat
    ? Buffer.alloc(length, seed & 255)
    : Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));
});

const photo = (bytes: Buffer): Part => ({
  name: `files/${sha256(bytes).slice(0, 2)}/${sha256(bytes)}.jpg`,
  content: bytes,
});

/** Entries with the names of the format; the last is end.json. */
const parts = fc
  .tuple(content, fc.array(content, { maxLength: 8 }))
  .map(([manifest, photos]): Part[] => [
    { name: 'manifest.json', content: manifest },
    ...photos.map(photo),
    { name: 'end.json', content: Buffer.from('{}') },
  ]);

/** How each entry is laid down: alone in frames of so many blocks, or sharing one with those before. */
const layouts = fc.array(
  fc.record({ shared: fc.boolean(), stored: fc.boolean(), blocks: fc.integer({ min: 1, max: 40 }) }),
  { minLength: 1, maxLength: 12 },
);

interface Layout {
  readonly shared: boolean;
  readonly stored: boolean;
  readonly blocks: number;
}

/** The end blocks stand in a frame with a checksum. */
function packed(entries: readonly Part[], layout: readonly Layout[]): Buffer {
  const frames: RawFrame[] = [];
  let waiting: Buffer[] = [];
  const flush = () => {
    if (waiting.length > 0) frames.push(rawFrame(Buffer.concat(waiting)));
    waiting = [];
  };
  for (const [at, entry] of entries.slice(0, -1).entries()) {
    const { shared, stored, blocks } = layout[at % layout.length]!;
    const tar = rawTar([entry]);
    if (shared) {
      waiting.push(tar);
      continue;
    }
    flush();
    for (let from = 0; from < tar.length; from += blocks * BLOCK) {
      const piece = tar.subarray(from, from + blocks * BLOCK);
      frames.push(stored ? storedFrame(piece) : rawFrame(piece));
    }
  }
  flush();
  frames.push(rawFrame(Buffer.concat([rawTar(entries.slice(-1)), END_BLOCKS])));
  return Buffer.concat([...frames.map(({ bytes }) => bytes), rawSeekTable(frames)]);
}

function expectEqual(reading: Reading, entries: readonly Part[]): void {
  expect(reading.codes).toEqual([]);
  expect(reading.names).toEqual(entries.map(({ name }) => name));
  expect(reading.ended).toBe(true);
  for (const { name, content: bytes } of entries) expect(reading.whole[name]).toBe(sha256(bytes));
}

async function readEveryWay(bundle: Buffer, entries: readonly Part[], seed: number): Promise<void> {
  const random = seeded(seed);
  expectEqual(await readAll(bundle), entries);
  expectEqual(await readAll(new MemorySource(bundle, () => 1 + Math.floor(random() * 5000))), entries);
  if (bundle.length < 30_000) expectEqual(await readAll(new MemorySource(bundle, () => 1)), entries);
}

test('any entries in frames of any size come back equal: whole, in chunks, byte by byte', async (context) => {
  const property = fc.asyncProperty(parts, layouts, fc.integer(), async (entries, layout, seed) => {
    await readEveryWay(packed(entries, layout), entries, seed);
    counted(context, 'containers');
  });
  await fc.assert(property, { numRuns: RUNS, seed: 20260314 });
});

test('what the writer lays down comes back equal, in pieces of any size', async (context) => {
  const pieces = fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 20 });
  const property = fc.asyncProperty(parts, pieces, fc.integer(), async (entries, lengths, seed) => {
    const sink = new MemorySink();
    const writer = new BundleWriter(sink, 0);
    for (const [at, { name, content: bytes }] of entries.slice(0, -1).entries()) {
      const coding = at % 2 === 0 ? { kind: 'compressed' as const, level: 1 } : { kind: 'stored' as const };
      const entry = writer.openEntry(name, bytes.length, coding);
      for (let from = 0, n = 0; from < bytes.length; n += 1) {
        const piece = bytes.subarray(from, from + lengths[n % lengths.length]!);
        await entry.write(piece);
        from += piece.length;
      }
      await entry.close();
    }
    await writer.end('end.json', entries.at(-1)!.content);
    await readEveryWay(sink.bytes(), entries, seed);
    counted(context, 'containers');
  });
  await fc.assert(property, { numRuns: RUNS, seed: 20260315 });
});

test('an entry longer than a frame holds', async (context) => {
  const long = photo(Buffer.alloc(17 * 1024 * 1024, 'long'));
  const entries: Part[] = [
    { name: 'manifest.json', content: Buffer.from('{}') },
    long,
    { name: 'end.json', content: Buffer.from('{}') },
  ];
  for (const blocks of [1024, 8191, 32_768]) {
    await readEveryWay(packed(entries, [{ shared: false, stored: true, blocks }]), entries, blocks);
    counted(context, 'containers');
  }
});
