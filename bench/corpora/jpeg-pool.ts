/** Cuts as many different JPEG files as one likes from a pool of real ones. */

import { readFileSync } from 'node:fs';
import type { Random } from './random.ts';

const MARKER = 0xff;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = Buffer.from([MARKER, 0xd9]);
/** Shorter than the smallest chunk of programs that look for repeated data, so that they find none. */
const LONGEST_PIECE = 300_000;
const SHORTEST_PIECE = 60_000;
/** A small pool has no room for all pieces of a large file. */
const MOST_TRIES = 50;

/** The heads (tables and sizes) of the pool's pictures, and the coded data of all of them in a row. */
export interface JpegPool {
  readonly heads: readonly Buffer[];
  readonly coded: Buffer;
}

export function readPool(files: readonly string[]): JpegPool {
  const parts = files.map((file) => splitJpeg(readFileSync(file)));
  return { heads: parts.map(({ head }) => head), coded: Buffer.concat(parts.map(({ coded }) => coded)) };
}

/** Splits a baseline JPEG behind the head of its only scan; the end marker is dropped. */
export function splitJpeg(file: Buffer): { readonly head: Buffer; readonly coded: Buffer } {
  for (let at = 2; at + 4 < file.length; ) {
    if (file[at] !== MARKER) break;
    const end = at + 2 + file.readUInt16BE(at + 2);
    if (file[at + 1] === START_OF_SCAN) {
      return { head: file.subarray(0, end), coded: file.subarray(end, file.length - END_OF_IMAGE.length) };
    }
    at = end;
  }
  throw new RangeError('not a JPEG file with one scan');
}

/**
 * A file of about `size` bytes: the head of one picture, pieces of the coded data from anywhere in the
 * pool, an end marker. Its bytes are distributed as those of a photograph are, which is what compressors
 * and disks see; what it would show is a jumble.
 */
export function cutJpeg(pool: JpegPool, random: Random, size: number): Buffer {
  const head = random.pick(pool.heads);
  const parts: Buffer[] = [head];
  const taken: Piece[] = [];
  let left = Math.max(16, size - head.length - END_OF_IMAGE.length);
  while (left > 0) {
    const wanted = Math.min(left, random.between(SHORTEST_PIECE, LONGEST_PIECE), pool.coded.length >> 1);
    const piece = pieceApart(pool, random, wanted, taken);
    taken.push(piece);
    parts.push(pool.coded.subarray(piece.from, piece.from + wanted));
    left -= wanted;
  }
  parts.push(END_OF_IMAGE);
  return withoutChanceMarkers(Buffer.concat(parts), head.length);
}

interface Piece {
  readonly from: number;
  readonly length: number;
}

/** Photographs do not repeat themselves: a compressor would find what comes twice in one file. */
function pieceApart(pool: JpegPool, random: Random, length: number, taken: readonly Piece[]): Piece {
  for (let tries = 1; ; tries += 1) {
    const from = random.between(0, pool.coded.length - length);
    const isApart = taken.every((other) => from + length <= other.from || other.from + other.length <= from);
    if (isApart || tries === MOST_TRIES) return { from, length };
  }
}

/** Where two pieces meet, an escape byte may stand before a byte that it makes a marker of. */
function withoutChanceMarkers(file: Buffer, from: number): Buffer {
  const end = file.length - END_OF_IMAGE.length;
  for (let at = file.indexOf(MARKER, from); at !== -1 && at < end; at = file.indexOf(MARKER, at + 1)) {
    if (file[at + 1] !== 0 || at + 1 === end) file[at] = 0xfe;
  }
  return file;
}
