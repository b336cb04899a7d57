import { describe, expect, test } from 'vitest';
import type { ByteSource } from '../../src/bundle/byte-source.ts';
import { readFooter, readLastFrame, SeekIndex } from '../../src/bundle/seek-index.ts';
import {
  bundleOf,
  frameOffsets,
  type Layout,
  MemorySource,
  noise,
  photo,
  tarOf,
  text,
} from './sample-bundle.ts';

const layout: Layout = [text('manifest.json', '{}'), photo(noise(5000)), text('index.jsonl', '{}\n')];
const parts = layout.flat();

const spoilt = async (change: (bundle: Buffer) => Buffer | void) => {
  const bundle = await bundleOf(layout);
  return new MemorySource(change(bundle) ?? bundle);
};

test('every place of the tar leads to the frame that holds it', async () => {
  const bundle = await bundleOf(layout);
  const index = (await SeekIndex.load(new MemorySource(bundle)))!;
  const offsets = frameOffsets(bundle);
  const starts = parts.map((_, n) => tarOf(parts.slice(0, n)).length);
  for (const [number, start] of starts.entries()) {
    const place = { number, offset: offsets[number], tarOffset: start };
    expect(index.start(number)).toEqual(place);
    expect(index.frameAt(start)).toEqual(place);
    expect(index.frameAt(start + 511)).toEqual(place);
  }
  expect(index.frameAt(2 ** 45).number).toBe(index.frames - 1);
});

test('the last frame is found from the tail alone', async () => {
  const content = await readLastFrame(new MemorySource(await bundleOf(layout, '{"files":7}\n')));
  expect(content?.toString('latin1', 0, 8)).toBe('end.json');
  expect(content?.toString('latin1', 512, 523)).toBe('{"files":7}');
});

describe('where the hints are wrong there is no index, and no error', () => {
  test.each<[string, (bundle: Buffer) => Buffer | void]>([
    ['an empty file', () => Buffer.alloc(0)],
    ['a few bytes', () => Buffer.from('bundle')],
    ['a footer alone', (b) => b.subarray(b.length - 9)],
    ['a cut seek table', (b) => b.subarray(0, b.length - 4)],
    ['no seek table', (b) => b.subarray(0, frameOffsets(b).at(-1))],
    ['no frames', (b) => void b.writeUInt32LE(0, b.length - 9)],
    ['a frame too many', (b) => void b.writeUInt32LE(5, b.length - 9)],
    ['more frames than the file has bytes', (b) => void b.writeUInt32LE(0xffffffff, b.length - 9)],
    ['a length that is wrong', (b) => void (b[b.length - 9 - 32]! ^= 1)],
    ['a byte before the first frame', (b) => Buffer.concat([Buffer.alloc(1), b])],
    ['another magic number', (b) => void (b[frameOffsets(b).at(-1)!]! ^= 1)],
  ])('%s', async (_, change) => {
    expect(await SeekIndex.load(await spoilt(change))).toBeNull();
  });

  test.each<[string, (bundle: Buffer) => Buffer | void]>([
    ['a last frame of no bytes', (b) => void b.writeUInt32LE(0, b.length - 17)],
    ['a last frame larger than the file', (b) => void b.writeUInt32LE(0xfffffff0, b.length - 17)],
    [
      'a last frame that begins elsewhere',
      (b) => void b.writeUInt32LE(b.readUInt32LE(b.length - 17) - 1, b.length - 17),
    ],
    [
      'a last frame that is damaged',
      (b) => void b.fill(0x55, frameOffsets(b).at(-2)! + 12, frameOffsets(b).at(-1)),
    ],
    ['no seek table', (b) => b.subarray(0, frameOffsets(b).at(-1))],
  ])('%s', async (_, change) => {
    expect(await readLastFrame(await spoilt(change))).toBeNull();
  });

  test('a table that claims to be larger than any, in a file that is large enough', async () => {
    const tail = Buffer.from('ffffff7f00b1ea928f', 'hex');
    const sparse: ByteSource = {
      label: 'sparse',
      size: 2 ** 40,
      seekable: true,
      read: async () => 0,
      readAt: async (target) => tail.copy(target, Math.max(0, target.length - tail.length)),
      seek: () => {},
      close: async () => {},
    };
    expect(await readFooter(sparse)).not.toBeNull();
    expect(await SeekIndex.load(sparse)).toBeNull();
  });
});
