import { closeSync, openSync, readSync } from 'node:fs';

const SQLITE = 'SQLite format 3\0';

/** Payload fractions of a SQLite database: no others were ever allowed. */
const FRACTIONS = Buffer.from([64, 32, 32]);
const FRACTIONS_AT = 21;

/** JPEG, PNG, GIF, and what WebP shares with other media. */
const PICTURES = ['\xff\xd8\xff', '\x89PNG', 'GIF8', 'RIFF'];

/** True for a file that begins as a SQLite database does. */
export function isDatabaseFile(path: string): boolean {
  return firstBytes(path, SQLITE.length).toString('latin1') === SQLITE;
}

/** True for one that goes on as every database does, too. */
export function hasDatabaseHead(path: string): boolean {
  const head = firstBytes(path, FRACTIONS_AT + FRACTIONS.length);
  return head.toString('latin1').startsWith(SQLITE) && head.subarray(FRACTIONS_AT).equals(FRACTIONS);
}

/** True for a file that begins as pictures of the common kinds do. */
export function isPicture(path: string): boolean {
  const head = firstBytes(path, 4).toString('latin1');
  return PICTURES.some((begin) => head.startsWith(begin));
}

/** What a file begins with: so many bytes, or all of a shorter one. */
export function firstBytes(path: string, length: number): Buffer {
  const head = Buffer.alloc(length);
  const file = openSync(path, 'r');
  try {
    return head.subarray(0, readSync(file, head, 0, length, 0));
  } finally {
    closeSync(file);
  }
}
