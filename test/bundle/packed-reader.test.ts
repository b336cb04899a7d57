import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { MAX_FRAME_CONTENT } from '../../src/base/limits.ts';
import {
  bundleOf,
  digestsOf,
  framed,
  frameOffsets,
  joined,
  type Layout,
  MemorySource,
  noise,
  photo,
  type Reading,
  readAll,
  tarOf,
  text,
} from './sample-bundle.ts';

const manifest = text('manifest.json', `{"words":"${'szép kép '.repeat(50)}"}`);
const readme = text('README.txt', 'Képek.\n');
const records = text('records/00001.jsonl', '{"image":{}}\n'.repeat(20));
const photos = [700, 0, 512, 3000, 1].map((size, n) => photo(noise(size, n + 1)));
const tiff = photo(Buffer.alloc(5000, 'pixel'), { kind: 'auto', level: 3 });
const index = text('index.jsonl', '{}\n');
const sums = text('SHA256SUMS', 'x\n');
const end = text('end.json', '{}\n');
const layout: Layout = [manifest, readme, records, photos.slice(0, 3), photos.slice(3), tiff, index, sums];
const parts = [manifest, readme, records, ...photos, tiff, index, sums, end];

let bundle: Buffer;
let healthy: Reading;
beforeAll(async () => {
  bundle = await bundleOf(layout);
  healthy = await readAll(bundle);
});

describe('a healthy bundle', () => {
  test('every entry comes back, in order, with its bytes and its place in the tar', () => {
    expect(healthy.names).toEqual(parts.map((part) => part.name));
    expect(healthy.whole).toEqual(digestsOf(parts));
    expect(healthy.tarOffsets).toEqual(parts.map((_, n) => tarOf(parts.slice(0, n)).length));
    expect(healthy.findings).toEqual([]);
    expect(healthy.ended).toBe(true);
  });

  test('byte by byte it reads the same', async () => {
    expect(await readAll(new MemorySource(bundle, () => 1))).toEqual(healthy);
  });

  test('in random pieces it reads the same', async () => {
    const steps = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1 });
    const property = fc.asyncProperty(steps, async (sizes) => {
      let n = 0;
      const step = () => sizes[n++ % sizes.length]!;
      expect(await readAll(new MemorySource(bundle, step))).toEqual(healthy);
    });
    await fc.assert(property, { numRuns: 30 });
  });
});

describe('entries larger than a frame', () => {
  const large = photo(noise(MAX_FRAME_CONTENT * 2 + 777, 7), { kind: 'auto', level: 1 });
  const exact = photo(noise(MAX_FRAME_CONTENT - 512, 8));
  const justOver = photo(noise(MAX_FRAME_CONTENT - 511, 9));
  const zeros = photo(Buffer.alloc(MAX_FRAME_CONTENT * 3), { kind: 'auto', level: 1 });
  const all = [manifest, large, exact, justOver, zeros, index, end];
  let big: Buffer;
  beforeAll(async () => {
    big = await bundleOf([manifest, large, exact, justOver, zeros, index]);
  });

  test('they come back whole, with frames of their own', async () => {
    const reading = await readAll(big);
    expect(reading.whole).toEqual(digestsOf(all));
    expect(reading.findings).toEqual([]);
    // manifest 1, large 33, exact 1, just over 17, zeros 49, index 1, end 1
    expect(frameOffsets(big).length - 1).toBe(103);
  });

  test.each([
    ['of 16 MiB, as large as they may be', MAX_FRAME_CONTENT],
    ['of one block', 512],
    ['of 3 MiB', 3 * 1024 * 1024],
  ])('frames %s are as good', async (_, frameBytes) => {
    const some = [manifest, justOver, index, end];
    const long = tarOf([justOver]);
    const pieces = Array.from({ length: Math.ceil(long.length / frameBytes) }, (__, n) =>
      framed(long.subarray(n * frameBytes, (n + 1) * frameBytes)),
    );
    const ending = Buffer.concat([tarOf([end]), Buffer.alloc(1024)]);
    const frames = [framed(tarOf([manifest])), ...pieces, framed(tarOf([index])), framed(ending)];
    const reading = await readAll(joined(frames));
    expect(reading.whole).toEqual(digestsOf(some));
    expect(reading.findings).toEqual([]);
  });

  test('left half-way, the next entry still comes', async () => {
    const reading = await readAll(new MemorySource(big), 1000);
    expect(reading.names).toEqual(all.map((part) => part.name));
    expect(reading.findings).toEqual([]);
  });

  test('a damaged frame costs the entry that it belongs to', async () => {
    const offsets = frameOffsets(big);
    for (const [frame, lost] of [
      [1, large],
      [2, large],
      [33, large],
      [53, zeros],
      [100, zeros],
    ] as const) {
      for (const at of [0, 9, 5000]) {
        const damaged = Buffer.from(big);
        const place = Math.min(offsets[frame]! + at, offsets[frame + 1]! - 5);
        damaged[place]! ^= 0x55;
        const reading = await readAll(damaged);
        const { [lost.name]: found, ...others } = reading.whole;
        const { [lost.name]: right, ...expected } = digestsOf(all);
        expect([frame, at, others]).toEqual([frame, at, expected]);
        expect(found === right).toBe(false);
        expect(reading.findings.filter((finding) => finding.gravity === 'refuse')).toEqual([]);
        expect(reading.ended).toBe(true);
      }
    }
  });

  test('cut anywhere in it, the bundle is truncated and the entry is not whole', async () => {
    const offsets = frameOffsets(big);
    for (const length of [offsets[1]! + 100, offsets[2]!, offsets[2]! + 1, offsets[4]! - 1]) {
      const reading = await readAll(big.subarray(0, length));
      expect(reading.codes).toEqual(['truncated']);
      expect(Object.keys(reading.whole)).toEqual(['manifest.json']);
    }
  });
});
