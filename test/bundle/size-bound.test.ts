import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MAX_FRAME_CONTENT } from '../../src/base/limits.ts';
import { BundleWriter } from '../../src/bundle/bundle-writer.ts';
import { type Coding, FrameEncoder, frameBound, storedBytes } from '../../src/bundle/frame-encoder.ts';
import { documentBound, endBound, payloadBound, TABLE_BOUND } from '../../src/bundle/size-bound.ts';

/** Bytes of a bundle of one entry and an end. */
async function bytesOf(content: Buffer, coding: Coding): Promise<number> {
  let bytes = 0;
  const done = async () => {};
  const sink = {
    write: async (piece: Buffer) => void (bytes += piece.length),
    truncate: async () => false,
    finish: done,
    abandon: done,
  };
  const writer = new BundleWriter(sink, 0);
  await writer.writeEntry('index.jsonl', content, coding);
  await writer.end('end.json', randomBytes(1000));
  return bytes;
}

const SIZES = [
  0,
  1,
  511,
  512,
  513,
  4096,
  130_559,
  130_560,
  131_072,
  1_000_000,
  MAX_FRAME_CONTENT - 512,
  MAX_FRAME_CONTENT - 511,
  MAX_FRAME_CONTENT * 2 + 5,
];

describe('what an entry takes at most', () => {
  test.each(SIZES)('%i bytes that do not compress', async (size) => {
    const content = randomBytes(size);
    const rest = endBound(1000) + TABLE_BOUND;
    const document = await bytesOf(content, { kind: 'compressed', level: 3 });
    expect(document).toBeLessThanOrEqual(documentBound(size) + rest);
    const payload = await bytesOf(content, { kind: 'auto', level: 1 });
    expect(payload).toBeLessThanOrEqual(payloadBound(size) + rest);
    // And not much more than that.
    expect(payloadBound(size) + rest - payload).toBeLessThan(3000);
  });

  test('a frame that looked as if it would shrink and did not is stored', () => {
    const content = randomBytes(1024 * 1024);
    content.fill(0, content.length / 2 - 2000, content.length / 2 + 2000); // the sample says that it compresses
    const length = new FrameEncoder().encode(content, Buffer.alloc(frameBound(content.length)), {
      kind: 'auto',
      level: 1,
    });
    expect(length).toBeLessThanOrEqual(storedBytes(content.length));
  });
});
