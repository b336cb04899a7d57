/** What 11 octal digits of a tar header hold: from 1970 to 2242. */
const MAX_TAR_SECONDS = 8 ** 11 - 1;

const SHAPE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/**
 * Seconds since 1970 of a time in UTC, written `YYYY-MM-DDThh:mm:ssZ`. Null for another form, for a
 * day that no calendar has, and for what a tar header cannot hold (docs/format.md, "Tar headers").
 */
export function parseUtcTime(text: string): number | null {
  const milliseconds = SHAPE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds) || formatUtcTime(new Date(milliseconds)) !== text) return null;
  const seconds = milliseconds / 1000;
  return seconds >= 0 && seconds <= MAX_TAR_SECONDS ? seconds : null;
}

/** The same form, to the second. */
export function formatUtcTime(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
