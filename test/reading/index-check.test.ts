import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import type { Entry } from '../../src/bundle/entry.ts';
import { parseIndexLine } from '../../src/manifest/parse.ts';
import type { PackedLine } from '../../src/manifest/types.ts';
import { EntryLines } from '../../src/reading/entry-lines.ts';
import { IndexCheck } from '../../src/reading/index-check.ts';

const digestFor = (number: number) => number.toString(16).padStart(64, '0');

const packed = (number: number): PackedLine => ({
  path: `files/00/${digestFor(number)}.jpg`,
  digest: digestFor(number),
  size: number,
  offset: number * 512,
});

/** Enough for several groups of lines. */
const MANY = 1500;
const EXPECTED = Array.from({ length: MANY }, (_, number) => packed(number));

/** An entry that comes in pieces, each of which is spoilt when the next is asked for. */
function entryOf(content: Buffer, pieceBytes: number): Entry {
  async function* pieces() {
    for (let at = 0; at < content.length; at += pieceBytes) {
      const piece = Buffer.from(content.subarray(at, at + pieceBytes));
      yield piece;
      piece.fill(0);
    }
  }
  const place = { entry: 'index.jsonl' };
  return {
    name: 'index.jsonl',
    kind: 'index',
    size: content.length,
    place,
    tarOffset: 0,
    pieces,
    whole: null,
  };
}

interface Reading {
  readonly agrees: boolean;
  /** The lines that had to be read, by number. */
  readonly read: readonly (readonly [number: number, line: string])[];
  readonly digest: string;
}

async function readIndex(content: Buffer, pieceBytes: number, expected = EXPECTED): Promise<Reading> {
  const check = new IndexCheck();
  for (const line of expected) check.packed(line);
  const lines = new EntryLines(entryOf(content, pieceBytes), check.expectation());
  const read: [number, string][] = [];
  for await (const { some, first } of lines.batches()) {
    for (const [at, bytes] of some.entries()) {
      read.push([first + at, bytes.toString()]);
      const { value } = parseIndexLine(bytes);
      if (value !== null) check.listed(value);
    }
  }
  return { agrees: check.indexAgrees(), read, digest: lines.digest() };
}

const OMITTED = '{"omitted":"missing","url":"https://indafoto.hu/x"}';
const asLines = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''));
const WRITTEN = EXPECTED.map((line) => JSON.stringify(line));

/** Something is done to one of the lines, or to none. */
const change = fc.record({
  at: fc.oneof(fc.nat(MANY - 1), fc.constantFrom(0, MANY - 1)),
  how: fc.constantFrom('nothing', 'omit', 'double', 'swap', 'blank', 'other', 'omission', 'cut'),
});

function changedLines({ at, how }: { at: number; how: string }): string[] {
  const lines = [...WRITTEN];
  if (how === 'omit') lines.splice(at, 1);
  if (how === 'double') lines.splice(at, 0, lines[at]!);
  if (how === 'swap') lines.splice(Math.max(0, at - 1), 2, lines[at]!, lines[Math.max(0, at - 1)]!);
  if (how === 'blank') lines[at] = lines[at]!.replace(':', ': ');
  if (how === 'other') lines[at] = JSON.stringify(packed(MANY + at));
  if (how === 'omission') lines.splice(at, 0, OMITTED);
  if (how === 'cut') lines.splice(at);
  return lines;
}

const packedOnly = (lines: readonly string[]) =>
  lines.map((line) => JSON.parse(line) as PackedLine).filter((line) => 'path' in line);

test('an index agrees when it lists what came; lines that differ are read, and told by their number', async () => {
  const pieceBytes = fc.constantFrom(1000, 65_536, 100_000, 1024 * 1024);
  await fc.assert(
    fc.asyncProperty(change, pieceBytes, async (one, bytes) => {
      const lines = changedLines(one);
      const content = asLines(lines);
      const { agrees, read, digest } = await readIndex(content, bytes);
      expect(digest).toBe(digestOf(content));
      expect(agrees).toBe(JSON.stringify(packedOnly(lines)) === JSON.stringify(EXPECTED));
      const skipped = lines.length - read.length;
      expect(lines.slice(0, skipped)).toEqual(WRITTEN.slice(0, skipped));
      expect(read).toEqual(lines.slice(skipped).map((line, at) => [skipped + at + 1, line]));
    }),
    { numRuns: 200 },
  );
});

test('of an index that is as it should be, hardly a line is read', async () => {
  const { agrees, read } = await readIndex(asLines(WRITTEN), 10_000);
  expect(agrees).toBe(true);
  expect(read.length).toBeLessThan(MANY / 2);
});

test.each([0, 1, 5])('an index of %i lines is read to its end, however it comes', async (count) => {
  for (const pieceBytes of [1, 100, 170, 4096]) {
    const lines = WRITTEN.slice(0, count);
    const { agrees, read } = await readIndex(asLines(lines), pieceBytes, EXPECTED.slice(0, count));
    expect(agrees).toBe(true);
    expect(read).toEqual(lines.map((line, at) => [at + 1, line]));
  }
});
