import { expect, test } from 'vitest';
import { RecordSpool } from '../../src/apply/record-spool.ts';
import { openScratch } from '../../src/archive/scratch.ts';
import type { ImageRecord } from '../../src/manifest/types.ts';
import { DigestTable } from '../../src/reading/digest-table.ts';
import { RecordShard } from '../../src/reading/record-shard.ts';
import { scanShard } from '../../src/reading/scan-shard.ts';

const digestOf = (number: number) => number.toString(16).padStart(64, '0');

/** Records of which only so many hold different pictures, taking turns. */
function spoolOf(records: number, pictures: number, title = ''): RecordSpool {
  const contents = new DigestTable();
  const spool = new RecordSpool(openScratch(), contents);
  for (let first = 0; first < records; first += SHARD) {
    const lines: string[] = [];
    for (let ordinal = first; ordinal < Math.min(records, first + SHARD); ordinal += 1) {
      const file = { digest: digestOf(ordinal % pictures), size: 1000, name: 'a.jpg', mtime: 0 };
      const image = { title: `${ordinal}${title}` };
      const record: ImageRecord = { file, image, tags: [], albums: [], collections: [] };
      lines.push(JSON.stringify(record));
      contents.list(file.digest, file.size);
      spool.add(ordinal, record, lines.at(-1)!.length, true);
    }
    spool.endShard(shardOf(first, lines));
  }
  return spool;
}

/** Of a few records, so that windows go beyond it. */
const SHARD = 10;

function shardOf(first: number, lines: readonly string[]): RecordShard {
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return new RecordShard(first, bytes, scanShard(bytes).ends, new Set());
}

test('records that share few pictures come once each, with all that share theirs, and not all at once', () => {
  const spool = spoolOf(20_000, 20);
  const { records: window } = spool.window(digestOf(0));
  const ordinals = window.map(({ ordinal }) => ordinal);
  expect(new Set(ordinals).size).toBe(ordinals.length);
  expect(ordinals).toEqual(ordinals.toSorted((a, b) => a - b));
  expect(window.filter(({ digest }) => digest === digestOf(0))).toHaveLength(1000);
  expect(window.length).toBeLessThanOrEqual(1000);
  expect(window[0]!.record.image.title).toBe('0');
});

test('records with pictures of their own come by the thousand, in the order of the bundle', () => {
  const spool = spoolOf(2_500, 2_500);
  expect(spool.window(digestOf(0)).records.map(({ ordinal }) => ordinal)).toEqual(
    Array.from({ length: 1000 }, (_, ordinal) => ordinal),
  );
});

test('what was settled comes no more', () => {
  const spool = spoolOf(10, 10);
  for (const ordinal of [0, 1, 2]) spool.settle(ordinal);
  spool.flush();
  expect(spool.wants(digestOf(1))).toBe(false);
  expect(spool.window(digestOf(3)).records.map(({ ordinal }) => ordinal)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(spool.count).toBe(7);
});

test.each([
  ['short', '', 1000],
  ['long', 'x'.repeat(100_000), 90],
])(
  'many records of one picture with %s texts come in parts that fit into memory, each once',
  (_, text, most) => {
    const spool = spoolOf(2_500, 1, text);
    const ordinals: number[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const { records, rest } = spool.window(digestOf(0), { from });
      expect(records.length).toBeLessThanOrEqual(most);
      ordinals.push(...records.map(({ ordinal }) => ordinal));
      from = rest;
    }
    expect(ordinals).toEqual(Array.from({ length: 2_500 }, (_, ordinal) => ordinal));
  },
);

test('records of other pictures with long texts wait for their own turn', () => {
  const spool = spoolOf(200, 200, 'x'.repeat(100_000));
  expect(spool.window(digestOf(0)).records.length).toBeLessThan(90);
  expect(spool.remaining().length).toBeLessThan(90);
});
