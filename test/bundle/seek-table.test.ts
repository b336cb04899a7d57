import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SeekIndex } from '../../src/bundle/seek-index.ts';
import {
  encodeSeekTable,
  FrameLengths,
  readSeekEntry,
  readSeekFooter,
  seekTableAgrees,
} from '../../src/bundle/seek-table.ts';
import { inFolder, lacks, run } from './programs.ts';
import { hexFromDocs } from './specification.ts';
import { bundleOf, frameOffsets, MemorySource, noise, photo, readAll, text } from './sample-bundle.ts';

const lengthsOf = (...frames: [compressed: number, content: number][]) => {
  const lengths = new FrameLengths();
  for (const [compressed, content] of frames) lengths.add({ compressed, content });
  return lengths;
};

describe('the examples of the specification', () => {
  test('a seek table without frames', () => {
    expect(encodeSeekTable(lengthsOf()).toString('hex')).toBe(
      hexFromDocs('seek-table-empty').toString('hex'),
    );
  });

  test('a seek table of three frames', () => {
    const lengths = lengthsOf([301, 1024], [1048964, 1048576], [188, 2048]);
    const example = hexFromDocs('seek-table-three');
    expect(encodeSeekTable(lengths).toString('hex')).toBe(example.toString('hex'));
    expect(seekTableAgrees(example, lengths)).toBe(true);
  });

  test('a seek table with checksums, as other programs write it', () => {
    const example = hexFromDocs('seek-table-checksums');
    expect(readSeekFooter(example)).toEqual({ frames: 2, entryBytes: 12, tableBytes: example.length });
    expect(seekTableAgrees(example, lengthsOf([301, 1024], [188, 2048]))).toBe(true);
  });
});

describe('what is no seek table of these frames', () => {
  const lengths = lengthsOf([301, 1024], [188, 2048]);
  const table = encodeSeekTable(lengths);

  test('another number of frames, another length, a table that is cut', () => {
    expect(seekTableAgrees(table, lengthsOf([301, 1024]))).toBe(false);
    expect(seekTableAgrees(table, lengthsOf([301, 1024], [188, 2049]))).toBe(false);
    expect(seekTableAgrees(table, lengthsOf([300, 1024], [188, 2048]))).toBe(false);
    expect(seekTableAgrees(table.subarray(1), lengths)).toBe(false);
    expect(seekTableAgrees(Buffer.alloc(3), lengths)).toBe(false);
  });

  test('reserved bits, or another magic number', () => {
    const reserved = Buffer.from(table);
    reserved[table.length - 5] = 0x04;
    expect(readSeekFooter(reserved)).toBeNull();
    const magic = Buffer.from(table);
    magic[table.length - 1]! ^= 1;
    expect(readSeekFooter(magic)).toBeNull();
  });
});

test('many frames, and back to an earlier state', () => {
  const lengths = new FrameLengths();
  for (let n = 0; n < 5000; n += 1) lengths.add({ compressed: n, content: 0xffff_0000 + n });
  lengths.truncate(4999);
  const table = encodeSeekTable(lengths);
  const footer = readSeekFooter(table)!;
  expect(footer.frames).toBe(4999);
  expect(readSeekEntry(table, footer, 4998)).toEqual({ compressed: 4998, content: 0xffff_0000 + 4998 });
  expect(seekTableAgrees(table, lengths)).toBe(true);
});

describe('the seek table of a bundle', () => {
  const parts = [text('manifest.json', '{}'), photo(noise(5000)), text('index.jsonl', '{}\n')];

  test('lists every frame, and the last entry leads to the last frame', async () => {
    const bundle = await bundleOf(parts);
    const footer = readSeekFooter(bundle)!;
    const table = bundle.subarray(bundle.length - footer.tableBytes);
    expect(footer.frames).toBe(4);
    const last = readSeekEntry(table, footer, 3);
    const start = bundle.length - footer.tableBytes - last.compressed;
    expect(start).toBe(frameOffsets(bundle)[3]);
    expect(bundle.readUInt32LE(start)).toBe(0xfd2fb528);
    const index = await SeekIndex.load(new MemorySource(bundle));
    expect(index?.frames).toBe(4);
    expect(index?.start(3).offset).toBe(start);
  });

  test('that is absent or lies is a finding, and costs nothing', async () => {
    const bundle = await bundleOf(parts);
    const whole = await readAll(bundle);
    const bare = bundle.subarray(0, frameOffsets(bundle)[4]);
    expect(await readAll(bare)).toMatchObject({ whole: whole.whole, codes: ['truncated'] });
    const others = encodeSeekTable(lengthsOf([1, 2], [3, 4], [5, 6], [7, 8]));
    const lying = await readAll(Buffer.concat([bare, others]));
    expect(lying).toMatchObject({ whole: whole.whole, codes: ['seek-table-wrong'] });
  });

  test(`is passed over by zstd${lacks('zstd')}`, async ({ skip }) => {
    if (lacks('zstd')) skip();
    await inFolder(async (folder) => {
      const file = join(folder, 'trip.indabundle.zst');
      writeFileSync(file, await bundleOf(parts));
      run('zstd', ['-t', file]);
      expect(run('zstd', ['-lv', file])).toMatch(/# Zstandard Frames: 4[\s\S]*# Skippable Frames: 1/);
    });
  });
});
