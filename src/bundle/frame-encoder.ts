import { MAX_FRAME_CONTENT, MAX_WINDOW_LOG } from '../base/limits.ts';
import { BLOCK_HEADER_BYTES, FRAME_MAGIC, MAX_BLOCK } from './frame-header.ts';
import { zstd } from './zstd.ts';

/** Room that a frame of this much content can take, compressed or stored. */
export function frameBound(contentBytes: number): number {
  return zstd.compressBound(contentBytes) + 1024;
}

/** Room for a frame of the largest content. */
export const FRAME_BOUND = frameBound(MAX_FRAME_CONTENT);

const SINGLE_SEGMENT_MAX = 2 ** MAX_WINDOW_LOG;

/** A sample of this size tells whether content compresses. */
const SAMPLE_BYTES = 64 * 1024;

/** Content that shrinks by less than this is stored: most JPEG data shrinks by nothing, some by a tenth. */
const WORTHWHILE = 0.99;

/** Content that shrinks by less than this is dense: what repeats in it is all that there is to gain. */
const DENSE = 0.75;

/** What compressible content is worth where nobody says a level. */
const USUAL_LEVEL = 3;

/**
 * How dense content is laid down where nobody says a level: what repeats is looked for in a large table, and
 * the rest is copied (zstd leaves out its entropy coder where the fast strategy has a target length). Small JPEG
 * files with their headers come within a thousandth of level 3 so, at three times its speed.
 */
const DENSE_PARAMETERS: readonly (readonly [number, number])[] = [
  [zstd.CParameter.compressionLevel, 1],
  [zstd.CParameter.hashLog, 18],
  [zstd.CParameter.targetLength, 1],
];

/** How the content of a frame is laid down: `auto` looks at the bytes; its level null is the best for them. */
export type Coding =
  | { readonly kind: 'compressed'; readonly level: number }
  | { readonly kind: 'auto'; readonly level: number | null }
  | { readonly kind: 'stored' };

/** Turns content into single zstd frames, each independent of the others (docs/format.md, "Frames"). */
export class FrameEncoder {
  readonly #context = new zstd.CCtx();
  readonly #sample = Buffer.allocUnsafe(zstd.compressBound(SAMPLE_BYTES));
  #aside = Buffer.alloc(0);

  /**
   * Writes one frame at the start of `target` and returns its length in bytes. `target` must hold
   * {@link frameBound} bytes; `content` has at most 16 MiB, and may be the last bytes of `target`.
   */
  encode(content: Buffer, target: Buffer, coding: Coding): number {
    if (coding.kind === 'stored') return writeStored(content, target);
    const share = coding.kind === 'auto' ? this.#shareLeft(content) : 0;
    if (share >= WORTHWHILE) return writeStored(content, target);
    const room = content.buffer === target.buffer ? this.#roomAside(target.length) : target;
    const level = coding.level ?? USUAL_LEVEL;
    const isDense = coding.level === null && share >= DENSE;
    const parameters = isDense ? DENSE_PARAMETERS : [[zstd.CParameter.compressionLevel, level] as const];
    const length = this.#compress(content, room, parameters);
    if (coding.kind === 'auto' && length > storedBytes(content.length)) return writeStored(content, target);
    if (room !== target) room.copy(target, 0, 0, length);
    return length;
  }

  /** The compressor must not write where it still reads. */
  #roomAside(length: number): Buffer {
    if (this.#aside.length < length) this.#aside = Buffer.allocUnsafeSlow(length);
    return this.#aside;
  }

  #compress(
    content: Buffer,
    target: Buffer,
    parameters: readonly (readonly [parameter: number, value: number])[],
  ): number {
    this.#context.reset(zstd.ResetDirective.sessionAndParameters);
    for (const [parameter, value] of parameters) this.#context.setParameter(parameter, value);
    this.#context.setParameter(zstd.CParameter.windowLog, MAX_WINDOW_LOG);
    this.#context.setParameter(zstd.CParameter.checksumFlag, 1);
    this.#context.setParameter(zstd.CParameter.contentSizeFlag, 1);
    return this.#context.compress2(target, content);
  }

  /** How much is left of the content when it is compressed. Its middle stands for all of it: heads of files are never typical. */
  #shareLeft(content: Buffer): number {
    const start = Math.max(0, Math.floor((content.length - SAMPLE_BYTES) / 2));
    const sample = content.subarray(start, start + SAMPLE_BYTES);
    return this.#context.compress(this.#sample, sample, 1) / sample.length;
  }
}

/** Length of a stored frame; what is encoded as `auto` is never longer. */
export function storedBytes(contentBytes: number): number {
  const blocks = Math.max(1, Math.ceil(contentBytes / MAX_BLOCK));
  return storedHeaderBytes(contentBytes) + blocks * BLOCK_HEADER_BYTES + contentBytes;
}

/** Length of its header. */
export function storedHeaderBytes(contentBytes: number): number {
  return contentBytes <= SINGLE_SEGMENT_MAX ? 9 : 10;
}

/**
 * A frame of raw blocks: no compressor, no checksum; the digests of what is in it prove it. Content at
 * the end of `target` moves forward block by block, never over what has still to move.
 */
function writeStored(content: Buffer, target: Buffer): number {
  let at = writeStoredHeader(content.length, target);
  let from = 0;
  do {
    const size = Math.min(MAX_BLOCK, content.length - from);
    const last = from + size === content.length ? 1 : 0;
    target.writeUIntLE((size << 3) | last, at, BLOCK_HEADER_BYTES);
    content.copy(target, at + BLOCK_HEADER_BYTES, from, from + size);
    at += BLOCK_HEADER_BYTES + size;
    from += size;
  } while (from < content.length);
  return at;
}

function writeStoredHeader(contentSize: number, target: Buffer): number {
  target.writeUInt32LE(FRAME_MAGIC, 0);
  const length = storedHeaderBytes(contentSize);
  if (contentSize <= SINGLE_SEGMENT_MAX) {
    target[4] = 0xa0; // content size in 4 bytes, single segment
    target.writeUInt32LE(contentSize, 5);
    return length;
  }
  target[4] = 0x80; // content size in 4 bytes, window descriptor
  target[5] = (MAX_WINDOW_LOG - 10) << 3;
  target.writeUInt32LE(contentSize, 6);
  return length;
}
