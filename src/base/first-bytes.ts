import { closeSync, openSync, readSync } from 'node:fs';

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
