import type { FindingCode } from '../base/findings.ts';
import { MAX_FRAME_CONTENT } from '../base/limits.ts';
import type { ByteCursor } from './byte-cursor.ts';
import {
  CHECKSUM_BYTES,
  FRAME_MAGIC,
  frameHeaderLength,
  MAX_FRAME_HEADER,
  readBlockHeader,
  readFrameHeader,
  SKIPPABLE_MAGIC,
  SKIPPABLE_MASK,
} from './frame-header.ts';
import { SKIPPABLE_HEADER_BYTES } from './seek-table.ts';

/** A frame of the largest content, in the smallest blocks that a sane compressor writes. */
const MAX_FRAME_BYTES = MAX_FRAME_CONTENT + MAX_FRAME_CONTENT / 64 + 1024;

const MAGIC_BYTES = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Where another frame begins inside of bytes that begin with one, or -1. */
export function magicWithin(bytes: Buffer): number {
  return bytes.indexOf(MAGIC_BYTES, 1);
}

/** What stands next in the file. Buffers are valid until the next call. */
export type FramePiece =
  | {
      readonly kind: 'frame';
      readonly offset: number;
      readonly bytes: Buffer;
      readonly contentSize: number;
      readonly hasChecksum: boolean;
    }
  | {
      readonly kind: 'skippable';
      readonly offset: number;
      readonly magic: number;
      readonly contentBytes: number;
    }
  | {
      readonly kind: 'damaged';
      readonly code: FindingCode;
      readonly offset: number;
      readonly expected: string;
      readonly found: string;
    }
  | { readonly kind: 'cut'; readonly offset: number }
  | { readonly kind: 'end'; readonly offset: number };

/**
 * Finds where each frame ends by its block headers, without decompressing, and hands it over
 * whole. Caps come first: nothing that a frame claims is allocated before it is checked.
 */
export class FrameReader {
  readonly cursor: ByteCursor;
  readonly #readHeader: typeof readFrameHeader;

  constructor(cursor: ByteCursor, readHeader = readFrameHeader) {
    this.cursor = cursor;
    this.#readHeader = readHeader;
  }

  /** The bytes of a frame stay in the cursor's window until the caller consumes them. */
  async next(): Promise<FramePiece> {
    const { cursor } = this;
    const offset = cursor.offset;
    if (!(await cursor.ensure(4))) return this.#shortTail(offset);
    const magic = cursor.bytes.readUInt32LE(0);
    if (magic === FRAME_MAGIC) return await this.#frame(offset);
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) return await this.#skippable(offset, magic);
    return await this.#resynchronize(
      offset,
      'the start of a frame',
      `0x${magic.toString(16).padStart(8, '0')}`,
    );
  }

  #shortTail(offset: number): FramePiece {
    const rest = this.cursor.available;
    this.cursor.consume(rest);
    return rest === 0 ? { kind: 'end', offset } : { kind: 'cut', offset };
  }

  async #frame(offset: number): Promise<FramePiece> {
    const { cursor } = this;
    if (!(await cursor.ensure(5))) return this.#cut(offset);
    const headerBytes = frameHeaderLength(cursor.bytes[4]!);
    if (headerBytes > MAX_FRAME_HEADER || !(await cursor.ensure(headerBytes))) return this.#cut(offset);
    const header = this.#readHeader(cursor.bytes, 0);
    if ('problem' in header) {
      const { expected, found, problem } = header;
      const code = problem === 'limit' ? 'limit-exceeded' : 'frame-damaged';
      return await this.#resynchronize(offset, expected, found, code);
    }
    const length = await this.#frameLength(header.length, header.hasChecksum);
    // A damaged length can lead beyond the end of the input: what begins in between still counts.
    if (length === 'cut' && magicWithin(cursor.bytes) < 0) return this.#cut(offset);
    if (length === 'cut' || length === 'damaged') {
      return await this.#resynchronize(offset, 'a chain of blocks', 'a block that cannot be');
    }
    const bytes = cursor.bytes.subarray(0, length);
    const { contentSize, hasChecksum } = header;
    return { kind: 'frame', offset, bytes, contentSize, hasChecksum };
  }

  /** Follows the block headers to the last one. */
  async #frameLength(headerBytes: number, hasChecksum: boolean): Promise<number | 'cut' | 'damaged'> {
    let at = headerBytes;
    for (;;) {
      if (!(await this.cursor.ensure(at + 3))) return 'cut';
      const block = readBlockHeader(this.cursor.bytes, at);
      if (block.length === null) return 'damaged';
      at += 3 + block.length;
      if (at > MAX_FRAME_BYTES) return 'damaged';
      if (block.last) break;
    }
    const length = at + (hasChecksum ? CHECKSUM_BYTES : 0);
    return (await this.cursor.ensure(length)) ? length : 'cut';
  }

  async #skippable(offset: number, magic: number): Promise<FramePiece> {
    if (!(await this.cursor.ensure(SKIPPABLE_HEADER_BYTES))) return this.#cut(offset);
    return { kind: 'skippable', offset, magic, contentBytes: this.cursor.bytes.readUInt32LE(4) };
  }

  #cut(offset: number): FramePiece {
    return { kind: 'cut', offset };
  }

  /** After damage the next magic number begins a new frame; what lies between is lost. */
  async #resynchronize(
    offset: number,
    expected: string,
    found: string,
    code: FindingCode = 'frame-damaged',
  ): Promise<FramePiece> {
    const { cursor } = this;
    cursor.consume(1);
    while (await cursor.ensure(4)) {
      const at = cursor.bytes.indexOf(MAGIC_BYTES);
      cursor.consume(at >= 0 ? at : cursor.available - 3);
      if (at >= 0) break;
    }
    if (cursor.available < 4) cursor.consume(cursor.available);
    return { kind: 'damaged', code, offset, expected, found };
  }
}
