import { MAX_TEXT_LENGTH } from '../base/limits.ts';

/** SQLite's bytes that are no UTF-8 arrive as this. */
const UNREADABLE = '\u{fffd}';
const HTTP = /^https?:\/\//i;

/** What does not travel as it is. */
export interface Losses {
  /** Texts that travel without some of their characters, or with {@link UNREADABLE} in their place. */
  readonly repaired: number;
  /** Values that no record can carry. */
  readonly leftOut: number;
}

/** Makes texts that travel out of what rows hold, and counts what does not travel as it is. */
export class TravellingTexts implements Losses {
  repaired = 0;
  leftOut = 0;

  /** Null for what cannot travel; NUL characters are taken out. */
  text(value: unknown, isLink: boolean): string | null {
    if (value === null || value === undefined) return null;
    const raw =
      typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'bigint'
          ? String(value)
          : null;
    if (raw === null || raw.length > MAX_TEXT_LENGTH || (isLink && raw !== '' && !HTTP.test(raw))) {
      this.leftOut += 1;
      return null;
    }
    const text = raw.includes('\0') || !raw.isWellFormed() ? travellingText(raw) : raw;
    if (text !== raw || text.includes(UNREADABLE)) this.repaired += 1;
    return text;
  }
}

/** Without the characters that JSON of ours cannot carry. */
export function travellingText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
