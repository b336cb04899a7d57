import { describe, expect, test } from 'vitest';
import {
  parseVolumeNumbers,
  parseVolumeSize,
  volumeNumbersText,
  volumeSizeText,
} from '../../src/base/volume-text.ts';

describe('sizes of volumes', () => {
  test.each([
    ['fat32', 4_294_967_295],
    ['FAT32', 4_294_967_295],
    ['cd', 734_003_200],
    ['dvd', 4_690_000_000],
    ['25G', 25_000_000_000],
    ['700M', 700_000_000],
    ['700 MB', 700_000_000],
    ['4GiB', 4 * 1024 ** 3],
    ['1.5g', 1_500_000_000],
    ['1,5T', 1_500_000_000_000],
    ['64K', 64_000],
  ])('%s', (text, bytes) => expect(parseVolumeSize(text)).toBe(bytes));

  test.each(['', '0', '700', '63K', 'G', '-1G', '1e9', '5 apples', 'fat', '1.2345G', '1..5G', '9999999999G'])(
    '%j is none',
    (text) => {
      expect(parseVolumeSize(text)).toBe(null);
    },
  );

  test.each([100_000, 4_821_003, 99_999_999, 100_000_000, 730_500_001, 25e9])(
    '%i can be said, and is not less',
    (bytes) => {
      const again = parseVolumeSize(volumeSizeText(bytes))!;
      expect(again).toBeGreaterThanOrEqual(bytes);
      expect(again).toBeLessThan(bytes * 1.02);
    },
  );
});

describe('numbers of volumes', () => {
  test.each([
    ['3', [3]],
    ['3-5', [3, 4, 5]],
    ['4-6, 1 ,5', [1, 4, 5, 6]],
  ])('%s', (text, numbers) => expect(parseVolumeNumbers(text)).toEqual(numbers));

  test.each(['', '0', '5-3', 'a', '1-', '-1', '1,,2', '1-100000', '1.5'])('%j are none', (text) => {
    expect(parseVolumeNumbers(text)).toBe(null);
  });

  test('as people write them', () => {
    expect(volumeNumbersText([1, 2, 3, 5, 7, 8])).toBe('1-3, 5, 7-8');
    expect(volumeNumbersText([])).toBe('');
  });
});
