import { posix, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { liesBelow } from '../../src/archive/photo-path.ts';

describe('a link out of the archive is one', () => {
  test.each([
    ['C:\\archive', 'D:\\archive\\Anna', false],
    ['C:\\archive', 'D:\\', false],
    ['C:\\archive', '\\\\nas\\photos\\Anna', false],
    ['\\\\nas\\photos', 'C:\\photos', false],
    ['C:\\archive', 'C:\\archive2\\Anna', false],
    ['C:\\archive', 'C:\\archive', false],
    ['C:\\archive', 'c:\\Archive\\..név', true],
  ])('on Windows, from %s to %s', (folder, path, expected) => {
    expect(liesBelow(folder, path, win32)).toBe(expected);
  });

  test.each([
    ['/archive', '/elsewhere', false],
    ['/archive', '/archive', false],
    ['/archive', '/', false],
    ['/archive', '/archive/..név', true],
  ])('elsewhere, from %s to %s', (folder, path, expected) => {
    expect(liesBelow(folder, path, posix)).toBe(expected);
  });
});
