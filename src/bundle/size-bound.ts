import { LONG_ENTRY_FRAME, MAX_FRAME_CONTENT } from '../base/limits.ts';
import { MAX_BLOCK } from './frame-header.ts';
import { SKIPPABLE_HEADER_BYTES, SEEK_FOOTER_BYTES } from './seek-table.ts';
import { BLOCK, END_BLOCKS, padded } from './tar-header.ts';

/** A frame's entry in the seek table. */
const TABLE_ENTRY = 8;

/** Header of a stored frame. */
const STORED_HEADER = 10;
const BLOCK_HEADER = 3;

/** What zstd's own bound adds to small content. */
const COMPRESSED_EXTRA = 64;

/** The seek table without its entries. */
export const TABLE_BOUND = SKIPPABLE_HEADER_BYTES + SEEK_FOOTER_BYTES;

const framesOf = (content: number) =>
  content <= MAX_FRAME_CONTENT ? 1 : Math.ceil(content / LONG_ENTRY_FRAME);

/** Bytes that a payload entry takes at most, alone in its frames or sharing one, if nothing compresses. */
export function payloadBound(size: number): number {
  const content = BLOCK + padded(size);
  const frames = framesOf(content);
  return (
    content +
    frames * (STORED_HEADER + TABLE_ENTRY) +
    (Math.ceil(content / MAX_BLOCK) + frames) * BLOCK_HEADER
  );
}

/** The same for an entry of text in compressed frames of its own (zstd's `compressBound`). */
export function documentBound(size: number): number {
  const content = BLOCK + padded(size);
  return content + Math.ceil(content / 256) + framesOf(content) * (COMPRESSED_EXTRA + TABLE_ENTRY);
}

/** The same for the last entry, with the tar's end blocks. */
export function endBound(size: number): number {
  return documentBound(size + END_BLOCKS);
}
