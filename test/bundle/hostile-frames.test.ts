import zstd from 'zstd-napi/binding.js';
import { describe, expect, test } from 'vitest';
import { MAX_FRAME_CONTENT } from '../../src/base/limits.ts';
import { readFrameHeader } from '../../src/bundle/frame-header.ts';
import { frameOf, framed, joined, MemorySource, readAll, tarOf, text } from './sample-bundle.ts';

const index = text('index.jsonl', '{}\n');
const tar = tarOf([text('manifest.json', 'x'.repeat(4000))]);

function compress(content: Buffer, parameters: [parameter: number, value: number][]): Buffer {
  const context = new zstd.CCtx();
  for (const [parameter, value] of parameters) context.setParameter(parameter, value);
  const target = Buffer.alloc(zstd.compressBound(content.length));
  return Buffer.from(target.subarray(0, context.compress2(target, content)));
}

/** A frame whose header says whatever it is told to. */
function declared(descriptor: number, rest: number[]): Buffer {
  const rle = Buffer.from([0x03 | ((128 * 1024) << 3), (128 * 1024) >> 5, (128 * 1024) >> 13, 0x41]);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, descriptor, ...rest]), rle]);
}

const u32 = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];

describe('a frame that asks for more than a frame may', () => {
  const windowOf = (log: number) => (log - 10) << 3;
  test.each<[string, Buffer]>([
    ['a window of 128 MiB (log 27)', declared(0x80, [windowOf(27), ...u32(512)])],
    ['a window of 16 MiB (log 24)', declared(0x80, [windowOf(24), ...u32(512)])],
    ['a window of 9 MiB', declared(0x80, [windowOf(23) | 1, ...u32(512)])],
    ['the largest window there is', declared(0x80, [0xff, ...u32(512)])],
    ['a single segment above 8 MiB', declared(0xa0, u32(8 * 1024 * 1024 + 512))],
    ['no content size', compress(tar, [[zstd.CParameter.contentSizeFlag, 0]])],
    ['content of 16 MiB and a block', declared(0x80, [windowOf(23), ...u32(MAX_FRAME_CONTENT + 512)])],
    ['content of 4 GiB', declared(0x80, [windowOf(23), ...u32(0xfffffe00)])],
    ['content of 2^63', declared(0xc0, [windowOf(23), 0, 0, 0, 0, 0, 0, 0, 0x80])],
  ])('%s', async (_, frame) => {
    const before = process.memoryUsage().arrayBuffers;
    const reading = await readAll(joined([{ bytes: frame, content: 512 }, framed(tarOf([index]))]));
    expect(reading.codes[0]).toBe('limit-exceeded');
    expect(reading.findings[0]?.where).toEqual({ frame: 0, offset: 0 });
    expect(reading.names).toEqual(['index.jsonl']);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('at the largest window of a level above ours, too', async () => {
    const large = Buffer.alloc(12 * 1024 * 1024);
    const frame = compress(large, [[zstd.CParameter.windowLog, 27]]);
    expect(readFrameHeader(frame, 0)).toMatchObject({ problem: 'limit' });
    expect(readFrameHeader(frameOf(large), 0)).toMatchObject({
      contentSize: large.length,
      hasChecksum: true,
    });
  });
});

describe('a frame that does not hold what it says', () => {
  const withSize = (frame: Buffer, size: number) => {
    // A single-segment frame of 256 bytes to 64 KiB: two bytes, less 256.
    expect(frame[4]! >> 6).toBe(1);
    frame.writeUInt16LE(size - 256, 5);
    return frame;
  };

  test.each([
    ['more', 512],
    ['less', 16384],
  ])('%s content than its header claims', async (_, claimed) => {
    const bytes = withSize(frameOf(tar), claimed);
    const reading = await readAll(joined([{ bytes, content: claimed }, framed(tarOf([index]))]));
    expect(reading.codes[0]).toBe('frame-damaged');
    expect(reading.names).toEqual(['index.jsonl']);
  });

  test('a dictionary, or reserved bits', async () => {
    for (const bit of [0x01, 0x02, 0x08, 0x10]) {
      const bytes = frameOf(tar);
      bytes[4]! |= bit;
      const reading = await readAll(joined([{ bytes, content: tar.length }, framed(tarOf([index]))]));
      expect([bit, reading.codes[0]]).toEqual([bit, 'frame-damaged']);
    }
  });

  test('a bomb: 64 KiB that expand to 2 GiB', async () => {
    const block = Buffer.from([
      (((128 * 1024) << 3) & 255) | 2,
      ((128 * 1024) >> 5) & 255,
      (128 * 1024) >> 13,
      0x41,
    ]);
    const last = Buffer.from(block);
    last[0]! |= 1;
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x80, (23 - 10) << 3, ...u32(MAX_FRAME_CONTENT)]);
    const blocks = Array.from({ length: 16 * 1024 }, () => block);
    const bomb = Buffer.concat([header, ...blocks, last]);
    const before = process.memoryUsage().arrayBuffers;
    const reading = await readAll(
      joined([{ bytes: bomb, content: MAX_FRAME_CONTENT }, framed(tarOf([index]))]),
    );
    expect(reading.codes[0]).toBe('frame-damaged');
    expect(reading.names).toEqual(['index.jsonl']);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('blocks without an end: the reader asks for no more than a frame can be', async () => {
    const header = [0x28, 0xb5, 0x2f, 0xfd, 0x80, (23 - 10) << 3, ...u32(512)];
    const raw = Buffer.concat([Buffer.from([0, 0, 16]), Buffer.alloc(128 * 1024)]);
    const endless = Buffer.concat([Buffer.from(header), ...Array.from({ length: 300 }, () => raw)]);
    const source = new MemorySource(Buffer.concat([endless, frameOf(tarOf([index]))]));
    const reading = await readAll(source);
    expect(reading.codes[0]).toBe('frame-damaged');
    expect(reading.names).toEqual(['index.jsonl']);
    expect(source.largestRead).toBeLessThan(2 * MAX_FRAME_CONTENT);
  });
});

test('a seek table that claims to be huge is not read', async () => {
  const bundle = joined([
    framed(tarOf([index])),
    framed(Buffer.concat([tarOf([text('end.json', '{}')]), Buffer.alloc(1024)])),
  ]);
  const table = bundle.length - (8 + 2 * 8 + 9);
  bundle.writeUInt32LE(0xfffffff0, table + 4);
  const source = new MemorySource(bundle);
  const reading = await readAll(source);
  expect(reading.codes).toEqual(['seek-table-wrong']);
  expect(source.largestRead).toBeLessThan(16 * 1024 * 1024);
});
