/**
 * The zstd seekable format 0.1.0 (contrib/seekable_format in the zstd sources): a skippable frame
 * whose content is one entry per frame and a footer of nine bytes.
 */

/** The skippable frame that holds a seek table. */
export const SEEK_TABLE_MAGIC = 0x184d2a5e;

/** The last four bytes of a seekable file. */
const SEEK_FOOTER_MAGIC = 0x8f92eab1;

/** Number of frames, descriptor, magic. */
export const SEEK_FOOTER_BYTES = 9;

/** Magic and length of the skippable frame. */
export const SKIPPABLE_HEADER_BYTES = 8;

const ENTRY_BYTES = 8;
const CHECKSUM_FLAG = 0x80;
const RESERVED_BITS = 0x7f;

/** One frame: its length in the file and the length of its content. */
export interface FrameLength {
  readonly compressed: number;
  readonly content: number;
}

/** What the last nine bytes of a file say about its seek table. */
export interface SeekFooter {
  readonly frames: number;
  readonly entryBytes: number;
  /** Length of the whole skippable frame. */
  readonly tableBytes: number;
}

/** The whole skippable frame, ready to be appended to a file. */
export function encodeSeekTable(frames: FrameLengths): Buffer {
  const content = frames.count * ENTRY_BYTES + SEEK_FOOTER_BYTES;
  const table = Buffer.alloc(SKIPPABLE_HEADER_BYTES + content);
  table.writeUInt32LE(SEEK_TABLE_MAGIC, 0);
  table.writeUInt32LE(content, 4);
  let at = SKIPPABLE_HEADER_BYTES;
  for (const frame of frames) {
    table.writeUInt32LE(frame.compressed, at);
    table.writeUInt32LE(frame.content, at + 4);
    at += ENTRY_BYTES;
  }
  table.writeUInt32LE(frames.count, at);
  table.writeUInt8(0, at + 4);
  table.writeUInt32LE(SEEK_FOOTER_MAGIC, at + 5);
  return table;
}

/** Reads the footer in the last nine bytes of `tail`; null when there is none. */
export function readSeekFooter(tail: Buffer): SeekFooter | null {
  if (tail.length < SEEK_FOOTER_BYTES) return null;
  const at = tail.length - SEEK_FOOTER_BYTES;
  if (tail.readUInt32LE(at + 5) !== SEEK_FOOTER_MAGIC) return null;
  const descriptor = tail.readUInt8(at + 4);
  if ((descriptor & RESERVED_BITS) !== 0) return null;
  const frames = tail.readUInt32LE(at);
  const entryBytes = (descriptor & CHECKSUM_FLAG) !== 0 ? ENTRY_BYTES + 4 : ENTRY_BYTES;
  return { frames, entryBytes, tableBytes: SKIPPABLE_HEADER_BYTES + frames * entryBytes + SEEK_FOOTER_BYTES };
}

/** Reads entry `number` of a table whose bytes start at the skippable frame's magic. */
export function readSeekEntry(table: Buffer, footer: SeekFooter, number: number): FrameLength {
  const at = SKIPPABLE_HEADER_BYTES + number * footer.entryBytes;
  return { compressed: table.readUInt32LE(at), content: table.readUInt32LE(at + 4) };
}

/** True when `table` is a whole seek table and lists exactly these frames. */
export function seekTableAgrees(table: Buffer, frames: FrameLengths): boolean {
  const footer = readSeekFooter(table);
  if (!footer || footer.frames !== frames.count || footer.tableBytes !== table.length) return false;
  for (let number = 0; number < frames.count; number += 1) {
    const entry = readSeekEntry(table, footer, number);
    if (entry.compressed !== frames.compressed(number) || entry.content !== frames.content(number))
      return false;
  }
  return true;
}

/** Lengths of frames in eight bytes each, so that a terabyte costs a few megabytes. */
export class FrameLengths {
  #numbers = new Uint32Array(2048);
  count = 0;

  add(frame: FrameLength): void {
    if (this.count * 2 === this.#numbers.length) {
      const larger = new Uint32Array(this.#numbers.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.count * 2] = frame.compressed;
    this.#numbers[this.count * 2 + 1] = frame.content;
    this.count += 1;
  }

  compressed(number: number): number {
    return this.#numbers[number * 2]!;
  }

  content(number: number): number {
    return this.#numbers[number * 2 + 1]!;
  }

  /** Forgets all but the first `count`. */
  truncate(count: number): void {
    this.count = Math.min(this.count, count);
  }

  *[Symbol.iterator](): Generator<FrameLength> {
    for (let number = 0; number < this.count; number += 1) {
      yield { compressed: this.compressed(number), content: this.content(number) };
    }
  }
}
