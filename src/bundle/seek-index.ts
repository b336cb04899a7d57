import { MAX_FRAME_CONTENT, MAX_SEEK_TABLE_BYTES } from '../base/limits.ts';
import type { ByteSource } from './byte-source.ts';
import { decodeFrame } from './decode-frame.ts';
import { FRAME_BOUND } from './frame-encoder.ts';
import { frameHeaderLength, MAX_FRAME_HEADER, MIN_FRAME_BYTES, readFrameHeader } from './frame-header.ts';
import type { FrameClaim } from './claimed-frame.ts';
import {
  type FrameLength,
  readSeekEntry,
  readSeekFooter,
  SEEK_FOOTER_BYTES,
  SEEK_TABLE_MAGIC,
  type SeekFooter,
} from './seek-table.ts';
import { BLOCK } from './tar-header.ts';

/** Where a frame begins, in the file and in the uncompressed tar. */
export interface FrameStart {
  readonly number: number;
  readonly offset: number;
  readonly tarOffset: number;
}

/** The seek footer of a file, or null where there is none that can be true. */
export async function readFooter(source: ByteSource): Promise<SeekFooter | null> {
  const size = source.size ?? 0;
  if (!source.seekable || size < SEEK_FOOTER_BYTES) return null;
  const tail = Buffer.alloc(SEEK_FOOTER_BYTES);
  await source.readAt(tail, size - SEEK_FOOTER_BYTES);
  const footer = readSeekFooter(tail);
  return footer !== null && footer.frames > 0 && footer.tableBytes < size ? footer : null;
}

/**
 * The content of the last frame, found from the seek table's footer and last entry without reading
 * the table. Null when anything does not fit: it is a hint, and the bundle may be cut.
 */
export async function readLastFrame(source: ByteSource): Promise<Buffer | null> {
  const footer = await readFooter(source);
  if (footer === null) return null;
  const entry = Buffer.alloc(footer.entryBytes);
  await source.readAt(entry, source.size! - SEEK_FOOTER_BYTES - footer.entryBytes);
  const length = entry.readUInt32LE(0);
  const end = source.size! - footer.tableBytes;
  if (length > end || length > FRAME_BOUND || length < MAX_FRAME_HEADER) return null;
  const frame = Buffer.alloc(length);
  await source.readAt(frame, end - length);
  return contentOf(frame);
}

function contentOf(frame: Buffer): Buffer | null {
  if (frameHeaderLength(frame[4]!) > frame.length) return null;
  const header = readFrameHeader(frame, 0);
  if ('problem' in header) return null;
  const content = Buffer.alloc(header.contentSize);
  return decodeFrame(frame, content) === content.length ? content : null;
}

/** A frame that is none of ours must not be passed over unseen. */
function isFrameLength({ compressed, content }: FrameLength): boolean {
  const fits = content > 0 && content <= MAX_FRAME_CONTENT && content % BLOCK === 0;
  return fits && compressed >= MIN_FRAME_BYTES && compressed <= FRAME_BOUND;
}

/** All frame starts of a file, as its seek table states them: 16 bytes a frame. */
export class SeekIndex {
  readonly #offsets: Float64Array;
  readonly #tarOffsets: Float64Array;

  private constructor(offsets: Float64Array, tarOffsets: Float64Array) {
    this.#offsets = offsets;
    this.#tarOffsets = tarOffsets;
  }

  /** Null when the table is missing, too large, or does not add up to the file. */
  static async load(source: ByteSource): Promise<SeekIndex | null> {
    const footer = await readFooter(source);
    if (footer === null || footer.tableBytes > MAX_SEEK_TABLE_BYTES) return null;
    const table = Buffer.alloc(footer.tableBytes);
    await source.readAt(table, source.size! - footer.tableBytes);
    if (table.readUInt32LE(0) !== SEEK_TABLE_MAGIC || table.readUInt32LE(4) !== table.length - 8) return null;
    const offsets = new Float64Array(footer.frames + 1);
    const tarOffsets = new Float64Array(footer.frames + 1);
    for (let number = 0; number < footer.frames; number += 1) {
      const entry = readSeekEntry(table, footer, number);
      if (!isFrameLength(entry)) return null;
      offsets[number + 1] = offsets[number]! + entry.compressed;
      tarOffsets[number + 1] = tarOffsets[number]! + entry.content;
    }
    return offsets[footer.frames] === source.size! - footer.tableBytes
      ? new SeekIndex(offsets, tarOffsets)
      : null;
  }

  get frames(): number {
    return this.#offsets.length - 1;
  }

  start(number: number): FrameStart {
    return { number, offset: this.#offsets[number]!, tarOffset: this.#tarOffsets[number]! };
  }

  /** What the table says of the frame that begins at this offset of the file; null where it says that none does. */
  claimAt(offset: number): FrameClaim | null {
    const number = lastUpTo(this.#offsets, offset);
    if (number >= this.frames || this.#offsets[number] !== offset) return null;
    const [length, contentSize] = [this.#offsets, this.#tarOffsets].map(
      (offsets) => offsets[number + 1]! - offsets[number]!,
    );
    return { offset, length: length!, contentSize: contentSize! };
  }

  /** The frame that holds a byte of the tar; the last one for anything behind. */
  frameAt(tarOffset: number): FrameStart {
    return this.start(Math.min(lastUpTo(this.#tarOffsets, tarOffset), this.frames - 1));
  }
}

/** Where the last of ascending numbers stands that is no larger than `limit`; 0 where all are. */
function lastUpTo(ascending: Float64Array, limit: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (ascending[middle]! <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
