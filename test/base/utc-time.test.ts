import { describe, expect, test } from 'vitest';
import { formatUtcTime, parseUtcTime } from '../../src/base/utc-time.ts';

describe('a time in UTC', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-03-14T09:26:53Z', 1773480413],
    ['2242-03-16T12:56:31Z', 0o77777777777],
  ])('%s is what a tar header holds', (text, seconds) => {
    expect(parseUtcTime(text)).toBe(seconds);
    expect(formatUtcTime(new Date(seconds * 1000))).toBe(text);
  });

  test.each([
    ['before 1970', '1969-12-31T23:59:59Z'],
    ['one second too late', '2242-03-16T12:56:32Z'],
    ['a day that no calendar has', '2026-02-30T00:00:00Z'],
    ['an hour that no day has', '2026-02-28T24:00:00Z'],
    ['no time zone', '2026-03-14T09:26:53'],
    ['another time zone', '2026-03-14T09:26:53+01:00'],
    ['parts of a second', '2026-03-14T09:26:53.5Z'],
    ['only a day', '2026-03-14'],
    ['something in front of it', ' 2026-03-14T09:26:53Z'],
  ])('%s is none', (_, text) => {
    expect(parseUtcTime(text)).toBeNull();
  });
});
