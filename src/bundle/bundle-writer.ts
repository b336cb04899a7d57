import { LONG_ENTRY_FRAME, MAX_FRAME_CONTENT } from '../base/limits.ts';
import type { ByteSink } from './byte-sink.ts';
import { type Coding, FRAME_BOUND, FrameEncoder } from './frame-encoder.ts';
import { encodeSeekTable, FrameLengths } from './seek-table.ts';
import { BLOCK, END_BLOCKS, padded, writeHeader } from './tar-header.ts';

/** Where a bundle stands: enough to go on with it later. */
export interface WriterState {
  /** Bytes written to the sink. */
  readonly position: number;
  /** Bytes of uncompressed tar that they stand for. */
  readonly tarOffset: number;
  readonly frames: number;
}

/** An entry of any size that is written piece by piece; see {@link BundleWriter.openEntry}. */
export interface OpenEntry {
  write(piece: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** Fills one frame after the other with the bytes of an entry; the first begins with its header. */
class FramedEntry implements OpenEntry {
  readonly #name: string;
  readonly #size: number;
  readonly #content: Buffer;
  readonly #encode: (content: Buffer) => Promise<void>;
  #filled = BLOCK;
  #left: number;

  constructor(name: string, size: number, content: Buffer, encode: (content: Buffer) => Promise<void>) {
    this.#name = name;
    this.#size = size;
    this.#content = content;
    this.#encode = encode;
    this.#left = size;
  }

  async write(piece: Buffer): Promise<void> {
    if (piece.length > this.#left) throw new RangeError(`${this.#name} is longer than ${this.#size} bytes`);
    this.#left -= piece.length;
    let from = 0;
    while (from < piece.length) {
      const room = await this.#room();
      const copied = piece.copy(room, 0, from);
      this.#filled += copied;
      from += copied;
    }
  }

  async close(): Promise<void> {
    if (this.#left !== 0) throw new RangeError(`${this.#name} is ${this.#left} bytes short of ${this.#size}`);
    let padding = padded(this.#size) - this.#size;
    while (padding > 0) {
      const room = await this.#room();
      const zeros = Math.min(padding, room.length);
      room.fill(0, 0, zeros);
      this.#filled += zeros;
      padding -= zeros;
    }
    await this.#encode(this.#content.subarray(0, this.#filled));
  }

  /** What is left of the frame, or a new one where nothing is. */
  async #room(): Promise<Buffer> {
    if (this.#filled === this.#content.length) {
      await this.#encode(this.#content);
      this.#filled = 0;
    }
    return this.#content.subarray(this.#filled);
  }
}

/** Lays entries into frames and frames into a sink, in the order in which they are given. */
export class BundleWriter {
  readonly #sink: ByteSink;
  readonly #mtime: number;
  readonly #encoder = new FrameEncoder();
  readonly #frame = Buffer.allocUnsafe(FRAME_BOUND);
  readonly #frames: FrameLengths;
  #position = 0;
  #tarOffset = 0;

  /**
   * `mtime`, in seconds since 1970, is the same for all entries. `written` are the frames that the
   * sink holds already, where a bundle is gone on with.
   */
  constructor(sink: ByteSink, mtime: number, written: FrameLengths = new FrameLengths()) {
    this.#sink = sink;
    this.#mtime = mtime;
    this.#frames = written;
    for (const { compressed, content } of written) {
      this.#position += compressed;
      this.#tarOffset += content;
    }
  }

  get state(): WriterState {
    return { position: this.#position, tarOffset: this.#tarOffset, frames: this.#frames.count };
  }

  /** Of the frames written so far. */
  get frameLengths(): FrameLengths {
    return this.#frames;
  }

  /** Appends a frame that was encoded elsewhere. */
  async appendFrame(frame: Buffer, contentSize: number): Promise<void> {
    await this.#sink.write(frame);
    this.#frames.add({ compressed: frame.length, content: contentSize });
    this.#position += frame.length;
    this.#tarOffset += contentSize;
  }

  /** Writes an entry that begins a frame of its own. */
  async writeEntry(name: string, content: Buffer, coding: Coding): Promise<void> {
    const entry = this.openEntry(name, content.length, coding);
    await entry.write(content);
    await entry.close();
  }

  /** Begins an entry of `size` bytes in frames of its own: one, or where it does not fit one, as many as it takes. */
  openEntry(name: string, size: number, coding: Coding): OpenEntry {
    const bytes = BLOCK + padded(size);
    const content = Buffer.allocUnsafe(bytes <= MAX_FRAME_CONTENT ? bytes : LONG_ENTRY_FRAME);
    writeHeader({ name, size, mtime: this.#mtime }, content, 0);
    return new FramedEntry(name, size, content, (filled) => this.#encode(filled, coding));
  }

  /** Writes the last entry with the tar's end blocks, and the seek table. */
  async end(name: string, content: Buffer): Promise<void> {
    const tar = Buffer.alloc(BLOCK + padded(content.length) + END_BLOCKS);
    writeHeader({ name, size: content.length, mtime: this.#mtime }, tar, 0);
    content.copy(tar, BLOCK);
    await this.#encode(tar, { kind: 'compressed', level: 3 });
    await this.#sink.write(encodeSeekTable(this.#frames));
  }

  /** Takes back everything behind an earlier state; false where the sink cannot. */
  async rewind(state: WriterState): Promise<boolean> {
    if (!(await this.#sink.truncate(state.position))) return false;
    this.#frames.truncate(state.frames);
    this.#position = state.position;
    this.#tarOffset = state.tarOffset;
    return true;
  }

  async #encode(content: Buffer, coding: Coding): Promise<void> {
    const length = this.#encoder.encode(content, this.#frame, coding);
    await this.appendFrame(this.#frame.subarray(0, length), content.length);
  }
}
