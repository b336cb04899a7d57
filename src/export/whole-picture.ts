import type { HashedFile } from '../archive/file-digest.ts';

/** The marker that ends a JPEG; some cameras write a few bytes behind it. */
const JPEG_END = Buffer.from([0xff, 0xd9]);
const PNG_END = Buffer.from('IEND');

/**
 * True for a file that looks like a picture from its first bytes to its last: good enough to tell
 * a stale digest from a damaged file. Formats without an end mark count as whole.
 */
export function isWholePicture(file: Pick<HashedFile, 'head' | 'tail'>): boolean {
  const { head, tail } = file;
  if (head.length < 12) return false;
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return tail.includes(JPEG_END);
  if (head.subarray(1, 4).toString('latin1') === 'PNG') return tail.includes(PNG_END);
  const magic = head.subarray(0, 12).toString('latin1');
  return /^(GIF8|BM|II\*\0|MM\0\*)/.test(magic) || /^RIFF....WEBP/s.test(magic);
}
