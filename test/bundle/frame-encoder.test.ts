import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import zstd from 'zstd-napi/binding.js';
import { describe, expect, test } from 'vitest';
import { MAX_FRAME_CONTENT } from '../../src/base/limits.ts';
import { type Coding, FRAME_BOUND, frameBound, FrameEncoder } from '../../src/bundle/frame-encoder.ts';
import { readFrameHeader } from '../../src/bundle/frame-header.ts';
import { inFolder, lacks, run } from './programs.ts';
import { frameOf, noise } from './sample-bundle.ts';

const MIB = 1024 * 1024;
const text = (size: number) => Buffer.alloc(size, 'Kékestető, hajnalban. ');
const auto: Coding = { kind: 'auto', level: 3 };
const best: Coding = { kind: 'auto', level: null };
const stored: Coding = { kind: 'stored' };
/** Dense, but for heads that repeat and the padding between files. */
const smallPhotos = Buffer.concat(
  Array.from({ length: 100 }, (_, at) => [text(900), noise(6000, at + 1), Buffer.alloc(268)]).flat(),
);

const samples: [name: string, content: Buffer, coding: Coding, hasChecksum: boolean][] = [
  ['one block stored', noise(512), stored, false],
  ['a block border stored', noise(128 * 1024), stored, false],
  ['one block behind a border stored', noise(128 * 1024 + 512), stored, false],
  ['8 MiB stored', noise(8 * MIB), stored, false],
  ['a block above 8 MiB stored', noise(8 * MIB + 512), stored, false],
  ['the largest stored', noise(MAX_FRAME_CONTENT), stored, false],
  ['one block compressed', text(512), { kind: 'compressed', level: 3 }, true],
  ['8 MiB compressed', text(8 * MIB), { kind: 'compressed', level: 1 }, true],
  ['the largest at level 1', text(MAX_FRAME_CONTENT), { kind: 'compressed', level: 1 }, true],
  ['the largest at level 19', text(MAX_FRAME_CONTENT), { kind: 'compressed', level: 19 }, true],
  ['the fastest level', text(MIB), { kind: 'compressed', level: -7 }, true],
  ['what does not compress, compressed', noise(MAX_FRAME_CONTENT), { kind: 'compressed', level: 1 }, true],
  ['JPEG-like by its looks', noise(3 * MIB), auto, false],
  ['TIFF-like by its looks', text(3 * MIB), auto, true],
  ['JPEG-like, as suits it', noise(3 * MIB), best, false],
  ['TIFF-like, as suits it', text(3 * MIB), best, true],
  ['small JPEG files, as suits them', smallPhotos, best, true],
];

describe.each(samples)('%s', (_, content, coding, hasChecksum) => {
  const frame = frameOf(content, coding);

  test('keeps the rules for frames', () => {
    expect(readFrameHeader(frame, 0)).toMatchObject({ contentSize: content.length, hasChecksum });
    expect(frame.length).toBeLessThanOrEqual(FRAME_BOUND);
  });

  test('is the same where the content is the end of the room for it', () => {
    const room = Buffer.alloc(frameBound(content.length));
    const within = room.subarray(room.length - content.length);
    content.copy(within);
    const length = new FrameEncoder().encode(within, room, coding);
    expect(room.subarray(0, length).equals(frame)).toBe(true);
  });

  test('decodes to what it was', () => {
    const target = Buffer.alloc(content.length);
    expect(new zstd.DCtx().decompress(target, frame)).toBe(content.length);
    expect(target.equals(content)).toBe(true);
  });

  test(`zstd agrees${lacks('zstd')}`, async ({ skip }) => {
    if (lacks('zstd')) skip();
    await inFolder((folder) => {
      const file = join(folder, 'frame.zst');
      writeFileSync(file, frame);
      run('zstd', ['-t', '--memory=8MB', file]);
      const listed = run('zstd', ['-lv', file]);
      expect(listed).toMatch(/# Zstandard Frames: 1/);
      expect(listed).toContain(`(${content.length} B)`);
      expect(listed).toContain(hasChecksum ? 'Check: XXH64' : 'Check: None');
    });
  });
});

test('what does not compress costs next to nothing', () => {
  const content = noise(MAX_FRAME_CONTENT);
  expect(frameOf(content, auto).length - content.length).toBeLessThan(1000);
});

test('what suits the bytes is as small as a real level', () => {
  for (const content of [text(3 * MIB), smallPhotos])
    expect(frameOf(content, best).length).toBeLessThan(frameOf(content, auto).length * 1.01);
});

test('frames do not depend on each other, and the same content gives the same bytes', () => {
  const first = frameOf(text(MIB));
  frameOf(noise(MIB), auto);
  expect(frameOf(text(MIB)).equals(first)).toBe(true);
});
