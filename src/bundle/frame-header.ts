import { MAX_FRAME_CONTENT, MAX_WINDOW_LOG } from '../base/limits.ts';
import { BLOCK } from './tar-header.ts';

/** RFC 8878, section 3.1.1: the first four bytes of a zstd frame, little-endian. */
export const FRAME_MAGIC = 0xfd2fb528;

/** RFC 8878, section 3.1.2: sixteen magic numbers announce a skippable frame. */
export const SKIPPABLE_MAGIC = 0x184d2a50;
export const SKIPPABLE_MASK = 0xfffffff0;

/** Descriptor, window, dictionary id and content size: never more than this. */
export const MAX_FRAME_HEADER = 18;

/** Magic, descriptor, content size and a block: never less than this. */
export const MIN_FRAME_BYTES = 9;

/** RFC 8878, section 3.1.1: the end of XXH64, behind the last block. */
export const CHECKSUM_BYTES = 4;

/** RFC 8878, section 3.1.1.2: no block holds more than this. */
export const MAX_BLOCK = 128 * 1024;

/** RFC 8878, section 3.1.1.2: before each block. */
export const BLOCK_HEADER_BYTES = 3;

const MAX_WINDOW = 2 ** MAX_WINDOW_LOG;

/** What the header of a frame says, with the number of bytes that it takes. */
export interface FrameHeader {
  readonly length: number;
  readonly contentSize: number;
  readonly hasChecksum: boolean;
}

/** Why a frame header is not one of ours. A flipped bit can look like any of it. */
export interface FrameHeaderProblem {
  readonly problem: 'limit' | 'damaged';
  readonly expected: string;
  readonly found: string;
}

/** Length in bytes of the header that starts at `offset`, from its descriptor byte (5th byte). */
export function frameHeaderLength(descriptor: number): number {
  const single = (descriptor & 0x20) !== 0;
  return 5 + (single ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]! + contentSizeLength(descriptor);
}

function contentSizeLength(descriptor: number): number {
  const flag = descriptor >> 6;
  if (flag === 0) return (descriptor & 0x20) !== 0 ? 1 : 0;
  return 1 << flag;
}

/**
 * Reads a frame header (RFC 8878, section 3.1.1.1) under the rules of docs/format.md, "Frames":
 * content size present, whole tar blocks, at most 16 MiB; window at most 8 MiB, no dictionary.
 * The whole header must be in `source`.
 */
export function readFrameHeader(source: Buffer, offset: number): FrameHeader | FrameHeaderProblem {
  const header = readPlainHeader(source, offset);
  if ('problem' in header || header.contentSize % BLOCK === 0) return header;
  return {
    problem: 'damaged',
    expected: 'content of whole tar blocks',
    found: `${header.contentSize} bytes`,
  };
}

/** The same for frames whose content is no tar. */
export function readPlainHeader(source: Buffer, offset: number): FrameHeader | FrameHeaderProblem {
  const descriptor = source[offset + 4]!;
  if ((descriptor & 0x1b) !== 0) {
    return {
      problem: 'damaged',
      expected: 'no dictionary, no reserved bits',
      found: `descriptor ${descriptor}`,
    };
  }
  const single = (descriptor & 0x20) !== 0;
  const contentSize = readContentSize(source, offset + (single ? 5 : 6), descriptor);
  if (contentSize === null) return { problem: 'limit', expected: 'a content size', found: 'none' };
  if (contentSize > MAX_FRAME_CONTENT) {
    return {
      problem: 'limit',
      expected: `content of at most ${MAX_FRAME_CONTENT}`,
      found: String(contentSize),
    };
  }
  if (contentSize === 0) return { problem: 'damaged', expected: 'content', found: '0 bytes' };
  const window = single ? contentSize : windowSize(source[offset + 5]!);
  if (window > MAX_WINDOW) {
    return { problem: 'limit', expected: `window of at most ${MAX_WINDOW}`, found: String(window) };
  }
  return { length: frameHeaderLength(descriptor), contentSize, hasChecksum: (descriptor & 4) !== 0 };
}

function readContentSize(source: Buffer, at: number, descriptor: number): number | null {
  switch (contentSizeLength(descriptor)) {
    case 0:
      return null;
    case 1:
      return source.readUInt8(at);
    case 2:
      return source.readUInt16LE(at) + 256;
    case 4:
      return source.readUInt32LE(at);
    default:
      return Number(source.readBigUInt64LE(at));
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** RFC 8878, section 3.1.1.2: the three bytes before each block. */
export interface BlockHeader {
  readonly last: boolean;
  readonly raw: boolean;
  /** Bytes that the block takes in the file, or null for the reserved type. */
  readonly length: number | null;
}

export function readBlockHeader(source: Buffer, offset: number): BlockHeader {
  const bits = source.readUIntLE(offset, 3);
  const type = (bits >> 1) & 3;
  const size = bits >> 3;
  const length = type === 3 || size > MAX_BLOCK ? null : type === 1 ? 1 : size;
  return { last: (bits & 1) === 1, raw: type === 0, length };
}
