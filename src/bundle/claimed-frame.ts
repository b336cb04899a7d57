import { readSync, readvSync } from 'node:fs';
import { decodeFrame } from './decode-frame.ts';
import { storedBytes, storedHeaderBytes } from './frame-encoder.ts';
import {
  BLOCK_HEADER_BYTES,
  CHECKSUM_BYTES,
  FRAME_MAGIC,
  type FrameHeader,
  frameHeaderLength,
  MAX_BLOCK,
  MIN_FRAME_BYTES,
  readBlockHeader,
  readFrameHeader,
} from './frame-header.ts';

/** Where a frame stands in a file, and what it holds, as a seek table says: reading it proves that or not. */
export interface FrameClaim {
  readonly offset: number;
  /** Bytes that it takes in the file. */
  readonly length: number;
  readonly contentSize: number;
}

/** What was learned of a frame by reading it. */
export type ProvenFrame = Pick<FrameHeader, 'hasChecksum'>;

/**
 * Reads a frame from the open file `file`, and leaves its content in `content`, which has the size that
 * is claimed. Null where there is no frame of exactly this length and content, whatever the reason: then
 * whoever reads byte by byte will find out what there is.
 */
export function readClaimedFrame(file: number, claim: FrameClaim, content: Buffer): ProvenFrame | null {
  const { offset, length, contentSize } = claim;
  try {
    if (length === storedBytes(contentSize) && readStored(file, offset, content))
      return { hasChecksum: false };
    const frame = roomFor(length);
    if (readFully(file, frame, offset) < length) return null;
    const header = headerOf(frame, contentSize);
    if (header === null || !endsWithItsBlocks(frame, header)) return null;
    return decodeFrame(frame, content) === contentSize ? { hasChecksum: header.hasChecksum } : null;
  } catch {
    return null;
  }
}

/**
 * Reads a frame as the writer stores content: its blocks come to lie next to each other right away, and
 * their headers elsewhere. False where it is none.
 */
function readStored(file: number, offset: number, content: Buffer): boolean {
  const headerBytes = storedHeaderBytes(content.length);
  const blocks = Math.ceil(content.length / MAX_BLOCK);
  const heads = Buffer.allocUnsafe(headerBytes + blocks * BLOCK_HEADER_BYTES);
  const pieces: Buffer[] = [];
  for (let block = 0, at = 0; block < blocks; block += 1) {
    const end = headerBytes + (block + 1) * BLOCK_HEADER_BYTES;
    pieces.push(heads.subarray(at, end), content.subarray(block * MAX_BLOCK, (block + 1) * MAX_BLOCK));
    at = end;
  }
  if (readvSync(file, pieces, offset) !== heads.length + content.length) return false;
  const header = headerOf(heads, content.length);
  if (header === null || header.hasChecksum || header.length !== headerBytes) return false;
  for (let block = 0; block < blocks; block += 1) {
    const { raw, length, last } = readBlockHeader(heads, headerBytes + block * BLOCK_HEADER_BYTES);
    const isLast = block === blocks - 1;
    const expected = isLast ? content.length - block * MAX_BLOCK : MAX_BLOCK;
    if (!raw || length !== expected || last !== isLast) return false;
  }
  return true;
}

let room = Buffer.alloc(0);

/** For what is read and decoded in one go. */
function roomFor(length: number): Buffer {
  if (room.length < length) room = Buffer.allocUnsafeSlow(length);
  return room.subarray(0, length);
}

function readFully(file: number, target: Buffer, position: number): number {
  let done = 0;
  while (done < target.length) {
    const read = readSync(file, target, done, target.length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

function headerOf(frame: Buffer, contentSize: number): FrameHeader | null {
  if (frame.length < MIN_FRAME_BYTES || frameHeaderLength(frame[4]!) > frame.length) return null;
  if (frame.readUInt32LE(0) !== FRAME_MAGIC) return null;
  const header = readFrameHeader(frame, 0);
  return 'problem' in header || header.contentSize !== contentSize ? null : header;
}

function endsWithItsBlocks(frame: Buffer, { length, hasChecksum }: FrameHeader): boolean {
  const end = frame.length - (hasChecksum ? CHECKSUM_BYTES : 0);
  for (let at = length; at + BLOCK_HEADER_BYTES <= end; ) {
    const block = readBlockHeader(frame, at);
    if (block.length === null) return false;
    at += BLOCK_HEADER_BYTES + block.length;
    if (block.last) return at === end;
  }
  return false;
}
