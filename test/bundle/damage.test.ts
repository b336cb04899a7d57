import { beforeAll, describe, expect, test } from 'vitest';
import { MAX_FRAME_CONTENT } from '../../src/base/limits.ts';
import { END_BLOCKS } from '../../src/bundle/tar-header.ts';
import {
  bundleOf,
  digestsOf,
  framed,
  frameOffsets,
  joined,
  type Layout,
  noise,
  photo,
  readAll,
  tarOf,
  text,
} from './sample-bundle.ts';

const manifest = text('manifest.json', `{"words":"${'szép kép '.repeat(10)}"}`);
const records = text('records/00001.jsonl', '{"image":{}}\n'.repeat(20));
const first = [photo(noise(300, 1)), photo(noise(600, 2))];
const second = [photo(noise(90, 3)), photo(noise(0)), photo(noise(513, 5))];
const index = text('index.jsonl', '{}\n');
const end = text('end.json', '{}\n');
const layout: Layout = [manifest, records, first, second, index];
/** The entries of each frame. */
const inFrame = [[manifest], [records], first, second, [index], [end]];
const parts = inFrame.flat();
const names = parts.map((part) => part.name);
const right: Record<string, string> = digestsOf(parts);

let bundle: Buffer;
let offsets: number[];
beforeAll(async () => {
  bundle = await bundleOf(layout);
  offsets = frameOffsets(bundle);
});

const spoilt = (change: (copy: Buffer) => void) => {
  const copy = Buffer.from(bundle);
  change(copy);
  return copy;
};

describe('a flipped bit', () => {
  test('in any frame costs that frame and nothing else, and never passes unseen', async () => {
    for (let frame = 0; frame < inFrame.length; frame += 1) {
      const others = inFrame.filter((_, n) => n !== frame).flat();
      for (let at = offsets[frame]!; at < offsets[frame + 1]!; at += 1) {
        // Every bit of what is compressed and of frame headers, one of each byte that is stored.
        const stored = (frame === 2 || frame === 3) && at > offsets[frame]! + 16;
        for (const bit of stored ? [at % 8] : [0, 1, 2, 3, 4, 5, 6, 7]) {
          const reading = await readAll(spoilt((copy) => (copy[at]! ^= 1 << bit)));
          const lost = others.filter(({ name }) => reading.whole[name] !== right[name]);
          expect([frame, at, bit, lost.map(({ name }) => name)]).toEqual([frame, at, bit, []]);
          // Unseen only where nothing but payload, which its digest proves, can differ.
          const seen = reading.codes.length > 0 || reading.names.join() === names.join();
          expect([at, bit, seen]).toEqual([at, bit, true]);
          const refused = reading.findings.filter((finding) => finding.gravity === 'refuse');
          expect([at, bit, refused]).toEqual([at, bit, []]);
        }
      }
    }
  });

  test('in the seek table is found, and costs nothing', async () => {
    for (let at = offsets.at(-1)!; at < bundle.length; at += 1) {
      const reading = await readAll(spoilt((copy) => (copy[at]! ^= 1)));
      expect([at, reading.whole]).toEqual([at, right]);
      expect([at, reading.codes.length > 0]).toEqual([at, true]);
      const known = ['seek-table-wrong', 'trailing-data', 'truncated'];
      expect(reading.codes.filter((code) => !known.includes(code))).toEqual([]);
    }
  });
});

test('a hole of zeros costs the frames that it lies in', async () => {
  for (let at = offsets[2]!; at + 512 <= offsets[4]!; at += 64) {
    const reading = await readAll(spoilt((copy) => copy.fill(0, at, at + 512)));
    for (const { name } of [manifest, records, index, end]) expect(reading.whole[name]).toBe(right[name]);
    expect(reading.findings.filter((finding) => finding.gravity === 'refuse')).toEqual([]);
    expect(reading.ended).toBe(true);
  }
});

describe('a cut', () => {
  test('at any byte is truncated, and what lies before is whole', async () => {
    for (let length = 0; length < bundle.length; length += 1) {
      const reading = await readAll(bundle.subarray(0, length));
      expect([length, reading.codes]).toEqual([length, ['truncated']]);
      const present = inFrame.filter((_, n) => offsets[n + 1]! <= length).flat();
      expect([length, reading.whole]).toEqual([length, digestsOf(present)]);
    }
  });

  test('of the tar at any block is no end, however well it is packed again', async () => {
    const tar = Buffer.concat([tarOf(parts), Buffer.alloc(END_BLOCKS)]);
    for (let length = 512; length < tar.length; length += 512) {
      const { ended, codes } = await readAll(joined([framed(tar.subarray(0, length))]));
      expect([length, ended, codes.length > 0]).toEqual([length, false, true]);
    }
    expect(await readAll(joined([framed(tar)]))).toMatchObject({ ended: true, codes: [], whole: right });
  });

  test('out of the middle is found', async () => {
    for (let frame = 1; frame < inFrame.length; frame += 1) {
      const reading = await readAll(
        Buffer.concat([bundle.subarray(0, offsets[frame - 1]), bundle.subarray(offsets[frame])]),
      );
      expect([frame, reading.codes]).toEqual([frame, ['seek-table-wrong']]);
    }
  });
});

describe('what does not belong there', () => {
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

  test.each<[string, () => Buffer, string]>([
    ['a byte behind the end', () => Buffer.from([0]), 'trailing-data'],
    ['four bytes behind the end', () => Buffer.from('more'), 'trailing-data'],
    ['a skippable frame behind the end', () => skippable, 'trailing-data'],
    ['a frame behind the end', () => framed(Buffer.alloc(512)).bytes, 'trailing-data'],
    ['a second seek table', () => bundle.subarray(offsets.at(-1)), 'trailing-data'],
    ['a second bundle', () => bundle, 'trailing-data'],
  ])('%s', async (_, more, code) => {
    const reading = await readAll(Buffer.concat([bundle, more()]));
    expect(reading.codes).toEqual([code]);
    expect(reading.findings[0]).toMatchObject({ gravity: 'refuse', where: { offset: bundle.length } });
    expect(reading.whole).toEqual(right);
  });

  test('two bundles joined where the first has no seek table', async () => {
    const reading = await readAll(Buffer.concat([bundle.subarray(0, offsets.at(-1)), bundle]));
    expect(reading.codes).toEqual(['trailing-data']);
  });

  test('a skippable frame in front, or between frames', async () => {
    for (const at of [0, offsets[2]!, offsets[5]!]) {
      const reading = await readAll(Buffer.concat([bundle.subarray(0, at), skippable, bundle.subarray(at)]));
      expect(reading.codes).toEqual(['entry-unexpected']);
      expect(reading.findings[0]).toMatchObject({ gravity: 'refuse', where: { offset: at } });
    }
  });

  test('data behind the end blocks, in their frame', async () => {
    const tail = Buffer.concat([tarOf([end]), Buffer.alloc(END_BLOCKS)]);
    for (const behind of [Buffer.alloc(512), tarOf([first[0]!]), Buffer.alloc(512, 1)]) {
      const reading = await readAll(
        joined([framed(tarOf([manifest])), framed(Buffer.concat([tail, behind]))]),
      );
      expect([reading.codes, reading.ended]).toEqual([['trailing-data'], false]);
    }
  });

  test.each<[string, Buffer]>([
    ['nothing at all', Buffer.alloc(0)],
    ['three bytes', Buffer.from('abc')],
    ['a text', Buffer.from('This is not a bundle, but a text about one.\n'.repeat(50))],
    ['zeros', Buffer.alloc(3000)],
    ['a plain tar', tarOf([manifest, end])],
    ['a JPEG', noise(5000)],
  ])('%s is no bundle', async (_, bytes) => {
    const reading = await readAll(bytes);
    expect(reading.names).toEqual([]);
    expect(reading.codes).toContain('truncated');
  });
});

test('frames that a bundle does not have: empty, or of parts of blocks', async () => {
  for (const content of [0, 1, 511, 513]) {
    const odd = Buffer.concat([tarOf([manifest]), Buffer.alloc(512)]).subarray(0, content);
    const reading = await readAll(joined([framed(odd), framed(tarOf([index]))]));
    expect([content, reading.codes[0], reading.names]).toEqual([content, 'frame-damaged', ['index.jsonl']]);
  }
  expect(MAX_FRAME_CONTENT % 512).toBe(0);
});
