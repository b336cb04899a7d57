import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { exchange, type Exchange, outcomesOf } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const trip = (images: readonly ImageSpec[], receiver: readonly ImageSpec[] = []): Exchange =>
  exchange(folder(), { images }, { images: receiver });

/** Stored paths of the receiver's rows that are new, in the order of their ids. */
function newPaths({ before, after }: Exchange): string[] {
  const rows = [...after().images].filter(([id]) => !before.images.has(id));
  return rows.map(([, row]) => String(row['local_path']));
}

/** Files that no row names, as the crawler's own downloads of a running hour. */
function fillFolder(receiver: string, author: string, count: number): void {
  const path = join(receiver, 'indafoto_archive', author, '0');
  mkdirSync(path, { recursive: true });
  for (let number = 0; number < count; number += 1) writeFileSync(join(path, `${number}.jpg`), '');
}

const folders = (paths: readonly string[]) => paths.map((path) => basename(dirname(path)));

describe('the number of the folder', () => {
  test.each([
    [0, ['0', '0']],
    [998, ['0', '0']],
    [999, ['0', '1']],
    [1000, ['1', '1']],
    [2500, ['2', '2']],
  ])('with %i files of the author already there', async (count, expected) => {
    const carried = trip([{ author: 'Anna' }, { author: 'Anna' }]);
    fillFolder(carried.receiver.dir, 'Anna', count);
    await carried.carry();
    expect(folders(newPaths(carried))).toEqual(expected);
  });

  test('counts a renamed file once and a doubled picture not at all', async () => {
    const twice: ImageSpec = { author: 'Anna', siteImageId: 7 };
    const png: ImageSpec = { author: 'Anna', fileName: 'a.PNG' };
    const carried = trip([png, twice, { ...twice, tags: ['tó'] }, { author: 'Anna' }]);
    fillFolder(carried.receiver.dir, 'Anna', 997);
    expect(outcomesOf(await carried.carry())).toEqual({ added: 3, present: 1 });
    expect(folders(newPaths(carried))).toEqual(['0', '0', '0']);
  });

  test('is the same from an unpacked folder', async () => {
    const carried = trip(Array.from({ length: 20 }, () => ({ author: 'Anna' })));
    fillFolder(carried.receiver.dir, 'Anna', 970);
    await carried.export();
    const unpacked = folder('unpacked');
    execFileSync('tar', ['--zstd', '-xf', carried.bundle, '-C', unpacked]);
    await carried.apply({ input: unpacked });
    expect(new Set(folders(newPaths(carried)))).toEqual(new Set(['0']));
  });
});

describe('the folder of the author', () => {
  test.each([
    ['A/B', 'A_B'],
    ['A:B', 'A_B'],
    ['<>:"/\\|?*', '_________'],
    ['..', '__'],
    ['.', '_'],
    ['', '_'],
    [null, '_'],
    ['CON', 'CON_'],
    ['nul.txt', 'nul_.txt'],
    ['-rf', '-rf'],
    ['.rejtett', '.rejtett'],
    ['pont.', 'pont_'],
    ['szóköz ', 'szóköz_'],
    ['várj...ok', 'várj__.ok'],
    ['%41nna', '_41nna'],
    ['%2541', '_2541'],
    ['két\nsor', 'két_sor'],
    ['ő'.repeat(120), 'ő'.repeat(120)],
  ])('%j becomes %j', async (author, expected) => {
    const carried = trip([{ author }]);
    await carried.carry();
    const [path] = newPaths(carried);
    expect(path?.split('/').slice(0, 3)).toEqual(['indafoto_archive', expected, '0']);
    expect(existsSync(join(carried.receiver.dir, path!))).toBe(true);
    expect(readdirSync(carried.receiver.dir).filter((name) => !name.startsWith('indafoto'))).toEqual([]);
  });

  test('of 300 letters is cut, and differs from another that begins alike', async () => {
    const authors = ['ű'.repeat(300), `${'ű'.repeat(300)}!`];
    const carried = trip(authors.map((author, at) => ({ author, localPath: `${at}.jpg` })));
    expect(outcomesOf(await carried.carry())).toEqual({ added: 2 });
    const names = newPaths(carried).map((path) => path.split('/')[1]!);
    expect(new Set(names).size).toBe(2);
    expect(names.every((name) => Buffer.byteLength(name) <= 240)).toBe(true);
  });
});

describe('the name of the file', () => {
  const named = (fileName: string, more: ImageSpec = {}): ImageSpec => ({
    author: 'Anna',
    fileName,
    ...more,
  });
  const digits = (file: Buffer) => sha256(file).slice(0, 8);
  const FILE = uniqueJpeg('named');

  test.each([
    ['kép.jpg', 'kép.jpg'],
    ['KEP.JPG', 'KEP.JPG'],
    ['-rf.jpg', '-rf.jpg'],
    [`${'ű'.repeat(118)}.jpg`, `${'ű'.repeat(118)}.jpg`],
    ['k%41p.jpg', `k_41p-${digits(FILE)}.jpg`],
    ['CON.jpg', `CON_-${digits(FILE)}.jpg`],
    ['két\nsor.jpg', `két_sor-${digits(FILE)}.jpg`],
    ['kep', 'kep.jpg'],
    ['kep.PNG', 'kep.jpg'],
    ['a..b.jpg', `a__b-${digits(FILE)}.jpg`],
  ])('%j becomes %j', async (fileName, expected) => {
    const carried = trip([named(fileName, { file: FILE })]);
    await carried.carry();
    expect(newPaths(carried).map((path) => basename(path))).toEqual([expected]);
    expect([...carried.after().fileDigests.values()]).toEqual([sha256(FILE)]);
  });

  test.each([
    ['the same name', 'kep.jpg'],
    ['another case', 'KEP.jpg'],
  ])('gets digits of the digest where %s is taken by a row', async (_, taken) => {
    const carried = trip([named('kep.jpg', { file: FILE })], [named(taken, { siteImageId: 7 })]);
    await carried.carry();
    expect(newPaths(carried).map((path) => basename(path))).toEqual([`kep-${digits(FILE)}.jpg`]);
    expect(carried.violations()).toEqual([]);
  });

  test('gets digits where a row names a file that is gone', async () => {
    const gone = named('kep.jpg', { siteImageId: 7, file: 'missing' });
    const carried = trip([named('kep.jpg', { file: FILE })], [gone]);
    await carried.carry();
    expect(newPaths(carried).map((path) => basename(path))).toEqual([`kep-${digits(FILE)}.jpg`]);
  });

  test('gets digits where a row names a file that is gone by its whole path', async () => {
    const localPath = '{archive}/indafoto_archive/Anna/0/kep.jpg';
    const gone: ImageSpec = { author: 'Anna', siteImageId: 7, file: 'missing', localPath };
    const carried = trip([named('kep.jpg', { file: FILE })], [gone]);
    await carried.carry();
    expect(newPaths(carried).map((path) => basename(path))).toEqual([`kep-${digits(FILE)}.jpg`]);
  });

  test('is one for each row, where names agree but for case or Unicode form', async () => {
    const names = ['erdő.jpg', 'erdő.jpg'.normalize('NFD'), 'ERDŐ.jpg'];
    const carried = trip(names.map((fileName) => named(fileName)));
    expect(outcomesOf(await carried.carry())).toEqual({ added: 3 });
    const folded = newPaths(carried).map((path) => path.normalize('NFC').toLowerCase());
    expect(new Set(folded).size).toBe(3);
  });

  test('is one for each row, where authors share a folder', async () => {
    const authors = ['A/B', 'A:B', 'A_B'];
    const carried = trip(
      authors.map((author) => ({ author, localPath: `${author.length}${author}/kep.jpg` })),
    );
    expect(outcomesOf(await carried.carry())).toEqual({ added: 3 });
    expect(new Set(newPaths(carried)).size).toBe(3);
    expect(new Set(newPaths(carried).map((path) => dirname(path)))).toEqual(
      new Set(['indafoto_archive/A_B/0']),
    );
  });

  test('gives way to a file that appears at the last moment', async () => {
    const carried = trip([named('a.jpg', { file: FILE }), named('b.jpg')]);
    const target = join(carried.receiver.photoFolder, 'Anna', '0', 'a.jpg');
    await carried.export();
    await carried.apply({
      observer: (event) => {
        if (event.type === 'progress' && event.item) writeFileSync(target, 'somebody else');
      },
    });
    expect(readFileSync(target, 'utf8')).toBe('somebody else');
    expect(newPaths(carried).map((path) => basename(path))).toEqual([`a-${digits(FILE)}.jpg`, 'b.jpg']);
    expect([...fileTree(carried.receiver.photoFolder).keys()].some((name) => name.includes('.tmp'))).toBe(
      false,
    );
  });
});

describe('links on the way', () => {
  test('that lead out of the archive: the record fails, nothing is written there', async () => {
    const images = [{ author: 'Anna' }, { author: 'Béla' }, { author: 'Cili' }];
    const carried = trip(images);
    const outside = folder('outside');
    symlinkSync(outside, join(carried.receiver.photoFolder, 'Anna'));
    mkdirSync(join(carried.receiver.photoFolder, 'Béla'));
    symlinkSync(outside, join(carried.receiver.photoFolder, 'Béla', '0'));
    await carried.export();
    const foretold = await carried.apply({ dryRun: true });
    const result = await carried.apply();
    expect(outcomesOf(result)).toEqual({ failed: 2, added: 1 });
    expect([foretold.outcomes, foretold.failures]).toEqual([result.outcomes, result.failures]);
    expect(result.failures[0]?.reason).toMatch(/a link that leaves the archive/);
    expect(readdirSync(outside)).toEqual([]);
  });

  test('that stay within it are followed', async () => {
    const carried = trip([{ author: 'Anna' }]);
    mkdirSync(join(carried.receiver.photoFolder, 'másik'));
    symlinkSync('másik', join(carried.receiver.photoFolder, 'Anna'));
    expect(outcomesOf(await carried.carry())).toEqual({ added: 1 });
    expect(readdirSync(join(carried.receiver.photoFolder, 'másik', '0'))).toHaveLength(1);
  });

  test('in the place of the file are not written through', async () => {
    const carried = trip([{ author: 'Anna', fileName: 'kep.jpg' }]);
    const outside = join(folder('outside'), 'target');
    mkdirSync(join(carried.receiver.photoFolder, 'Anna', '0'), { recursive: true });
    symlinkSync(outside, join(carried.receiver.photoFolder, 'Anna', '0', 'kep.jpg'));
    expect(outcomesOf(await carried.carry())).toEqual({ added: 1 });
    expect(existsSync(outside)).toBe(false);
  });

  test('a file where a folder should be costs only the records that need it', async () => {
    const carried = trip([{ author: 'Anna' }, { author: 'Béla' }]);
    writeFileSync(join(carried.receiver.photoFolder, 'Anna'), 'no folder');
    expect(outcomesOf(await carried.carry())).toEqual({ failed: 1, added: 1 });
  });
});

test('a picture that moves keeps its name: PNG with several frames', async () => {
  const chunk = (type: string, bytes: number) =>
    Buffer.concat([Buffer.from([0, 0, 0, bytes]), Buffer.from(type, 'latin1'), Buffer.alloc(bytes + 4)]);
  const file = Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', 13),
    chunk('acTL', 8),
    chunk('IDAT', 20),
  ]);
  const carried = trip([{ author: 'Anna', fileName: 'mozog.png', file }]);
  expect(outcomesOf(await carried.carry())).toEqual({ added: 1 });
  expect(newPaths(carried)).toEqual(['indafoto_archive/Anna/0/mozog.png']);
});
