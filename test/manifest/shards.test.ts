import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { MAX_LINE_BYTES, MAX_SHARD_BYTES, SHARD_BYTES, SHARD_LINES } from '../../src/base/limits.ts';
import { type FullShard, linesOf, ShardBuilder } from '../../src/manifest/shards.ts';

function shardsOf(lines: readonly string[]): FullShard[] {
  const builder = new ShardBuilder();
  const shards = [...lines.map((line) => builder.add(line)), builder.flush()];
  return shards.filter((shard) => shard !== null);
}

const textOf = (shards: readonly FullShard[]) => shards.map(({ content }) => content.toString()).join('');

test('a shard holds a thousand lines', () => {
  const lines = Array.from({ length: 2 * SHARD_LINES + 1 }, (_, n) => `{"n":${n}}\n`);
  const shards = shardsOf(lines);
  expect(shards.map(({ count }) => count)).toEqual([SHARD_LINES, SHARD_LINES, 1]);
  expect(textOf(shards)).toBe(lines.join(''));
});

test('or about a MiB, in bytes and not in characters', () => {
  const line = `${'ő'.repeat(100_000)}\n`;
  const shards = shardsOf(Array<string>(12).fill(line));
  expect(shards.map(({ count }) => count)).toEqual([5, 5, 2]);
});

test('or one line that is longer, and no shard is more than a reader takes', () => {
  const long = `${'x'.repeat(MAX_LINE_BYTES - 1)}\n`;
  const shards = shardsOf(['{}\n', long, '{}\n']);
  expect(shards.map(({ count }) => count)).toEqual([1, 1, 1]);
  expect(Math.max(...shards.map(({ content }) => content.length))).toBeLessThanOrEqual(MAX_SHARD_BYTES);
  expect(SHARD_BYTES + MAX_LINE_BYTES).toBeLessThanOrEqual(MAX_SHARD_BYTES);
});

test('what its digest says is in it', () => {
  const [shard] = shardsOf(['{"a":"é"}\n']);
  expect(shard).toMatchObject({ digest: digestOf('{"a":"é"}\n'), count: 1 });
  expect(new ShardBuilder().flush()).toBeNull();
});

test('lines come back as they went in', () => {
  const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'));
  const property = fc.property(fc.array(line), (lines) => {
    const content = Buffer.from(lines.map((text) => `${text}\n`).join(''));
    expect([...linesOf(content)].map(String)).toEqual(lines.map((text) => Buffer.from(text).toString()));
  });
  fc.assert(property);
});

test('bytes behind the last newline are a line, too', () => {
  expect([...linesOf(Buffer.from('a\n\nb'))].map(String)).toEqual(['a', '', 'b']);
  expect([...linesOf(Buffer.alloc(0))]).toEqual([]);
});
