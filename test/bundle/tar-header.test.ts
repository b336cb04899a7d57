import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract, type Header, pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { MAX_ENTRY_BYTES } from '../../src/base/limits.ts';
import { BLOCK, END_BLOCKS, padded, rawName, readHeader, writeHeader } from '../../src/bundle/tar-header.ts';
import { inFolder, lacks, run } from './programs.ts';
import { MTIME, noise, photo, tarOf, text } from './sample-bundle.ts';

const header = (name: string, size = 5, mtime = MTIME) => {
  const block = Buffer.alloc(BLOCK, 0xff);
  writeHeader({ name, size, mtime }, block, 0);
  return block;
};

const parts = [
  text('manifest.json', '{}\n'),
  photo(noise(1025)),
  photo(noise(0)),
  text('end.json', 'x'.repeat(512)),
];
const tar = Buffer.concat([tarOf(parts), Buffer.alloc(END_BLOCKS)]);

describe('what is written', () => {
  test.each([
    ['manifest.json', 0, 0],
    ['n'.repeat(100), 1, MTIME],
    ['SHA256SUMS', MAX_ENTRY_BYTES, 0o77777777777],
  ])('%s is read back', (name, size, mtime) => {
    expect(readHeader(header(name, size, mtime), 0)).toEqual({ name, size, mtime });
  });

  test('tar-stream reads the same', async () => {
    const seen: [Header, Buffer][] = [];
    const reader = extract();
    reader.end(tar);
    for await (const entry of reader) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      seen.push([entry.header, Buffer.concat(chunks)]);
    }
    expect(seen.map(([{ name }, content]) => [name, content])).toEqual(parts.map((p) => [p.name, p.content]));
    expect(seen[0]![0]).toMatchObject({
      mode: 0o644,
      uid: 0,
      gid: 0,
      type: 'file',
      mtime: new Date(MTIME * 1000),
    });
  });

  test(`tar lists and unpacks it${lacks('tar')}`, async ({ skip }) => {
    if (lacks('tar')) skip();
    await inFolder((folder) => {
      const file = join(folder, 'sample.tar');
      writeFileSync(file, tar);
      const listed = run('tar', ['--utc', '-tvf', file]).trim().split('\n');
      expect(listed).toHaveLength(parts.length);
      expect(listed[1]).toMatch(/^-rw-r--r-- 0\/0\s+1025 2025-03-15 00:00 files\//);
      run('tar', ['-xf', file, '-C', folder]);
      for (const { name, content } of parts) {
        expect(run('cat', [join(folder, name)]).length).toBe(content.toString().length);
      }
    });
  });

  test('what does not fit is an error, never a wrong header', () => {
    expect(() => header('n'.repeat(101))).toThrow(RangeError);
    expect(() => header('a', MAX_ENTRY_BYTES + 1)).toThrow(RangeError);
    expect(() => header('a', -1)).toThrow(RangeError);
    expect(() => header('a', 1, -5)).toThrow(RangeError);
    expect(() => header('a', 1, 0o77777777777 + 1)).toThrow(RangeError);
    expect(() => header('a', 1, 0.5)).toThrow(RangeError);
    expect(() => header('á', 1)).toThrow(RangeError);
  });

  test('sizes are padded to blocks', () => {
    expect([0, 1, 511, 512, 513].map(padded)).toEqual([0, 512, 512, 512, 1024]);
  });
});

/** The first block of tar-stream's, with whatever it is told to say. */
async function foreign(headers: Partial<Header> & { name: string }): Promise<Buffer> {
  const stream = pack();
  stream.entry({ mode: 0o644, uid: 0, gid: 0, mtime: new Date(MTIME * 1000), size: 0, ...headers });
  for await (const chunk of stream) return chunk as Buffer;
  throw new Error('no header');
}

/** Changes bytes of a good header and makes its sum right again. */
function forged(change: (block: Buffer) => void): Buffer {
  const block = header('manifest.json');
  change(block);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

describe('what is refused', () => {
  test.each<[string, Buffer, string]>([
    ['a block of zeros', Buffer.alloc(BLOCK), 'zero-block'],
    ['a wrong sum', Buffer.from(header('a').fill(0x31, 148, 149)), 'checksum'],
    ['a sum with another ending', Buffer.from(header('a').fill(0x20, 154, 156)), 'checksum'],
    ['JPEG data', noise(BLOCK), 'checksum'],
    ['a piece of a block', header('a').subarray(0, 300), 'checksum'],
    ['a hard link', forged((b) => b.write('1', 156)), 'type'],
    ['a symbolic link', forged((b) => b.write('2', 156)), 'type'],
    ['a device', forged((b) => b.write('3', 156)), 'type'],
    ['a folder', forged((b) => b.write('5', 156)), 'type'],
    ['a FIFO', forged((b) => b.write('6', 156)), 'type'],
    ['a pax header', forged((b) => b.write('x', 156)), 'type'],
    ['a global header', forged((b) => b.write('g', 156)), 'type'],
    ['a GNU long name', forged((b) => b.write('L', 156)), 'type'],
    ['a sparse file', forged((b) => b.write('S', 156)), 'type'],
    ['an old-style file', forged((b) => b.write('\0', 156)), 'type'],
    ['an executable', forged((b) => b.write('0000755', 100)), 'field'],
    ['another owner', forged((b) => b.write('0000001', 108)), 'field'],
    ['an owner with a name', forged((b) => b.write('root', 265)), 'field'],
    ['a link name', forged((b) => b.write('/etc/passwd', 157)), 'field'],
    ['a prefix', forged((b) => b.write('..', 345)), 'field'],
    ['GNU magic', forged((b) => b.write('ustar  \0', 257)), 'field'],
    ['a size with junk behind it', forged((b) => b.write('4junk', 124)), 'field'],
    ['a size with blanks', forged((b) => b.write('          5', 124)), 'field'],
    ['a negative size', forged((b) => b.write('-0000000005', 124)), 'field'],
    ['a binary size', forged((b) => b.fill(0x80, 124, 125)), 'field'],
    ['a size with a blank at its end', forged((b) => b.write('00000000005 ', 124)), 'field'],
    ['a time with junk', forged((b) => b.write('now', 136)), 'field'],
    ['something behind the name', forged((b) => b.write('x', 50)), 'field'],
    ['something in the rest of the block', forged((b) => b.write('x', 511)), 'field'],
  ])('%s', (_, block, problem) => expect(readHeader(block, 0)).toBe(problem));

  test('headers of another writer that say more than ours do', async () => {
    expect(readHeader(await foreign({ name: 'files/', type: 'directory' }), 0)).toBeTypeOf('string');
    expect(readHeader(await foreign({ name: 'manifest.json', uname: 'root' }), 0)).toBeTypeOf('string');
    expect(readHeader(await foreign({ name: 'képek/őzike.jpg', size: 0 }), 0)).toBeTypeOf('string');
  });

  test('the name can be shown all the same', () => {
    expect(
      rawName(
        forged((b) => b.write('5', 156)),
        0,
      ),
    ).toBe('manifest.json');
    expect(rawName(Buffer.alloc(BLOCK, 'n'), 0)).toBe('n'.repeat(100));
  });
});
