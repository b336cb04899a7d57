import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import {
  digestOf,
  hostileBundle,
  type HostileImage,
  hostileImages,
  type Json,
} from '../../fixtures/hostile-bundle.ts';
import { indabundle } from './program.ts';
import { Receiver } from './receiver.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const receiver = new Receiver(folder);
const file = join(folder, 'texts.indabundle');

async function applied(images: readonly HostileImage[]) {
  writeFileSync(file, hostileBundle(images));
  receiver.renew();
  const applied = await receiver.apply(file);
  return { ...applied, ...receiver.landed() };
}

const [picture] = hostileImages(1, 'texts') as [HostileImage];

describe('what a bundle can say, and nobody does', () => {
  test('ids, paths, sync state and columns that it has no business with', async () => {
    const image = {
      id: 1,
      local_path: '/etc/passwd',
      sha256_hash: 'f'.repeat(64),
      metadata_updated: 'x',
      'title" = 1; DROP TABLE images; --': 'x',
      status: 'completed',
    };
    const record = {
      id: 7,
      image_id: 1,
      operation_id: 'x',
      tags: [{ name: 'tó', id: 5, 'count) VALUES (1); --': 1 }],
      albums: [{ album_id: '1', id: 9, image_id: 1 }],
    };
    const { status, rows, wrong, integrity } = await applied([{ ...picture, image, record }]);
    expect([status, wrong, integrity]).toEqual([EXIT.whole, [], 'ok']);
    expect(rows).toMatchObject([{ sha256_hash: digestOf(picture.file), title: 'Kép 0' }]);
    expect(rows[0]!.local_path).toMatch(/^indafoto_archive\/Anna\/0\//);
    expect(rows[0]!.id).toBeGreaterThan(1);
  });

  test('HTML stays text', async () => {
    const title = '<script>alert(1)</script>"\'; DROP TABLE images; --';
    expect((await applied([{ ...picture, image: { title } }])).rows).toMatchObject([{ title }]);
  });

  test.each([
    '..',
    '.',
    '/',
    '../../etc',
    '\\\\server\\x',
    'C:',
    'CON',
    'nul.txt',
    'a/../../b',
    '%2e%2e',
    ' ',
    'x'.repeat(300),
    '\u202egnp.exe',
    'a\nb',
  ])('the author %j cannot leave the photo folder', async (author) => {
    const { status, rows, wrong, strange } = await applied([{ ...picture, image: { author } }]);
    expect([status, wrong, strange]).toEqual([EXIT.whole, [], []]);
    expect(rows[0]!.author).toBe(author);
    expect(rows[0]!.local_path).toMatch(/^indafoto_archive\/[^/]+\/0\/[^/]+$/);
    expect(rows[0]!.local_path).not.toMatch(/\.\.|[\\:*?"<>|\u0000-\u001f]|%[0-9a-f]{2}|\/(con|nul)(\.|\/)/i);
  });

  test.each([
    '../../escape.jpg',
    '/etc/passwd',
    'C:\\x.jpg',
    'a\0b.jpg',
    'CON.jpg',
    '.',
    '..',
    '',
    'x.jpg.',
    'é'.repeat(400),
    '.indabundle-00000000-1.tmp',
  ])('the file name %j lands under a safe one', async (name) => {
    if (name.includes('\0')) return; // such a record is refused before
    const good = { digest: digestOf(picture.file), size: picture.file.length, name, mtime: 0 };
    const { status, rows, wrong } = await applied([{ ...picture, record: { file: good } }]);
    expect([status, wrong]).toEqual([EXIT.whole, []]);
    expect(rows[0]!.local_path).toMatch(/^indafoto_archive\/Anna\/0\/[^/]+$/);
    expect(Buffer.byteLength(rows[0]!.local_path!.split('/').at(-1)!)).toBeLessThanOrEqual(255);
  });
});

describe('bytes that are no picture', () => {
  const files: Record<string, Buffer> = {
    'a page': Buffer.from('<!doctype html><script>alert(1)</script>'.padEnd(2000)),
    'an SVG with a script': Buffer.from(
      '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'.padEnd(2000),
    ),
    'a program': Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01'), Buffer.alloc(2000)]),
    'a Windows program': Buffer.concat([Buffer.from('MZ\x90'), Buffer.alloc(2000)]),
    'a PDF': Buffer.from('%PDF-1.7\n'.padEnd(2000)),
    nothing: Buffer.alloc(0),
  };

  test.each(Object.keys(files))('%s is refused, whatever it is called; the rest goes on', async (what) => {
    const { status, rows, result } = await applied([{ file: files[what]! }, picture]);
    expect([status, rows.map((row) => row.sha256_hash)]).toEqual([EXIT.partial, [digestOf(picture.file)]]);
    expect(result?.failures[0]?.reason).toMatch(/not a picture/);
  });

  test('an option allows them', async () => {
    writeFileSync(file, hostileBundle([{ file: files['a PDF']! }]));
    receiver.renew();
    expect((await receiver.apply(file, { allowTypes: ['application/pdf'] })).status).toBe(EXIT.whole);
  });
});

describe('what the terminal is told', () => {
  const EVIL = '\u001b]0;owned\u0007\u001b[2J\r\u202e\u2066\u009b31m\u0085evil';
  const images = hostileImages(2, 'terminal').map((one, at) => ({
    ...one,
    image: { title: `${EVIL}${at}`, author: EVIL, description: EVIL },
  }));
  const manifest = (good: Json) => ({
    ...good,
    source: { label: EVIL },
    generator: { name: EVIL, version: EVIL },
    selection: { words: EVIL, data: {} },
  });
  const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

  test.each([
    ['inspect'],
    ['inspect', '--records'],
    ['inspect', '--files'],
    ['verify'],
    ['apply', '--dry-run'],
    ['apply', '--yes', '--no-backup'],
    ['inspect', '--json'],
    ['verify', '--json'],
  ])('%s %s is escaped', async (command, ...more) => {
    writeFileSync(
      file,
      hostileBundle([...images, { file: Buffer.from('no picture'), image: { title: EVIL } }], { manifest }),
    );
    receiver.renew();
    const db = command === 'apply' ? ['--db', receiver.db] : [];
    const { stdout, stderr } = await indabundle([command, file, ...db, ...more]);
    expect(stdout.length).toBeGreaterThan(10);
    expect(stdout.replaceAll('\n', '')).not.toMatch(FORBIDDEN);
    expect(stderr.replaceAll('\n', '')).not.toMatch(FORBIDDEN);
  });

  test('the name of an entry in a finding is escaped', async () => {
    const entries = (frames: { name: string | Buffer; content: Buffer }[][]) => [
      ...frames.slice(0, 3),
      [{ name: Buffer.from(EVIL), content: Buffer.from('x') }],
      ...frames.slice(3),
    ];
    writeFileSync(file, hostileBundle(images, { entries }));
    const { status, stdout, stderr } = await indabundle(['verify', file]);
    expect(status).toBe(EXIT.refused);
    expect(stdout).toContain('entry-name-unsafe');
    expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(FORBIDDEN);
  });
});
