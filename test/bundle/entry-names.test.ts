import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ENTRY_ORDER,
  entryKind,
  isUnsafeName,
  PAYLOAD_EXTENSIONS,
  payloadDigest,
  payloadExtension,
  payloadName,
  shardName,
} from '../../src/bundle/entry-names.ts';
import { framed, joined, readAll, tarOf } from './sample-bundle.ts';

const digest = 'ab'.repeat(32);

test.each([
  ['manifest.json', 'manifest'],
  ['manifest.json.minisig', 'manifest-signature'],
  ['README.txt', 'readme'],
  [shardName('records', 1), 'records'],
  [shardName('authors', 99_999), 'authors'],
  [`files/ab/${digest}.jpg`, 'payload'],
  ['index.jsonl', 'index'],
  ['SHA256SUMS', 'sums'],
  ['end.json', 'end'],
  ['end.json.minisig', 'end-signature'],
] as const)('%s is in the format', (name, kind) => {
  expect(entryKind(name)).toBe(kind);
  expect(isUnsafeName(name)).toBe(false);
  expect(ENTRY_ORDER).toContain(kind);
});

const unsafe = [
  '',
  '..',
  '../indafoto.db',
  'files/../../indafoto.db',
  'files/./x',
  '/etc/passwd',
  '//server/share/x',
  'C:../x',
  'C:/x',
  'c:x.jpg',
  'files\\ab\\x.jpg',
  '\\\\server\\share',
  'README.txt:stream',
  'manifest.json.',
  'manifest.json ',
  'records /00001.jsonl',
  'records//00001.jsonl',
  'records/',
  'NUL',
  'con.txt',
  'files/aux/x.jpg',
  'files/ab/LPT1.jpg',
  'COM0',
  'README\0.txt',
  'README.txt\n',
  'a\x1b[2Jb',
  'a\x7f',
  'képek.txt',
  'README\u202etxt',
  'what?',
  'a*',
  'a|b',
  '"a"',
  '<a>',
  'n'.repeat(101),
];
test.each(unsafe.map((name) => [name]))('%j could do harm', (name) => {
  expect(entryKind(name)).toBeNull();
  expect(isUnsafeName(name)).toBe(true);
});

const unexpected = [
  'readme.txt',
  'Manifest.json',
  'sha256sums',
  'manifest.json.gz',
  './manifest.json',
  'indafoto.db',
  'records/1.jsonl',
  'records/000001.jsonl',
  'records/0000a.jsonl',
  'authors/00001.json',
  'records/00001.jsonl/x',
  'x/records/00001.jsonl',
  'files/x.jpg',
  `files/aa/${digest}.jpg`,
  `files/ab/${digest}`,
  `files/ab/${digest}.exe`,
  `files/ab/${digest}.JPG`,
  `files/ab/${digest}.jpg.bin`,
  `files/ab/${digest}0.jpg`,
  `files/AB/${digest.toUpperCase()}.jpg`,
  `files/ab/${digest.slice(1)}.jpg`,
  '__proto__',
  'constructor',
];
test.each(unexpected.map((name) => [name]))('%j is not in the format', (name) => {
  expect(entryKind(name)).toBeNull();
});

describe('in a bundle', () => {
  const ascii = unexpected.filter((name) => !isUnsafeName(name));
  test.each(ascii.map((name) => [name]))('an entry %j is refused', async (name) => {
    const reading = await readAll(joined([framed(tarOf([{ name, content: Buffer.from('x') }]))]));
    expect(reading.findings).toHaveLength(1);
    expect(reading.findings[0]).toMatchObject({ code: 'entry-unexpected', gravity: 'refuse', found: name });
    expect(reading.names).toEqual([]);
  });

  const dangerous = unsafe.filter((name) => name !== '' && name.length <= 100 && !name.includes('\0'));
  test.each(dangerous.map((name) => [name]))('an entry %j is refused as unsafe', async (name) => {
    const tar = tarOf([{ name: 'README.txt', content: Buffer.from('x') }]);
    tar.fill(0, 0, 100).fill(0x20, 148, 156).write(name, 0, 100, 'utf8');
    const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const reading = await readAll(joined([framed(tar)]));
    expect(reading.findings).toHaveLength(1);
    expect(reading.findings[0]).toMatchObject({ code: 'entry-name-unsafe', gravity: 'refuse' });
    expect(reading.names).toEqual([]);
  });
});

describe('the name of a payload', () => {
  test.each([
    ['IMG_1.JPG', 'jpg'],
    ['kép.jpeg', 'jpeg'],
    ['a.tar.gz', 'bin'],
    ['a.exe', 'bin'],
    ['a', 'bin'],
    ['.png', 'png'],
    ['a.', 'bin'],
    ['a.jpg\0', 'bin'],
    ['a.jpg/../../x', 'bin'],
    ['a.SVG', 'svg'],
  ])('of %s ends in %s', (base, extension) => {
    expect(payloadExtension(base)).toBe(extension);
  });

  test('is in the format, and says its digest, whatever the file was called', () => {
    const bases = fc.string({ unit: 'binary' });
    const property = fc.property(bases, (base) => {
      const name = payloadName(digest, base);
      expect(entryKind(name)).toBe('payload');
      expect(payloadDigest(name)).toBe(digest);
    });
    fc.assert(property);
    expect(PAYLOAD_EXTENSIONS).toContain('bin');
    expect(payloadDigest('README.txt')).toBeNull();
  });
});
