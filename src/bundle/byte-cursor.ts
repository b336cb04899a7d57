import { MAX_FRAME_CONTENT } from '../base/limits.ts';
import type { ByteSource } from './byte-source.ts';

const READ_BYTES = 1024 * 1024;

/** Less is not worth a read. */
const LEAST_ROOM = READ_BYTES / 4;

/** Memory for any frame is allocated at once: what is not touched costs nothing, what is outgrown does. */
const ROOM_FOR_ANY_FRAME = MAX_FRAME_CONTENT + 2 * READ_BYTES;

/** A window over a source that grows only as far as it is asked to. */
export class ByteCursor {
  readonly source: ByteSource;
  /** Bytes of the source before the window. */
  offset = 0;
  #buffer: Buffer;
  /** Bytes of the buffer that are used: as many as the largest piece so far needed. */
  #used: number;
  #start = 0;
  #end = 0;
  #ended = false;

  constructor(source: ByteSource) {
    this.source = source;
    this.#used = Math.min(2 * READ_BYTES, (source.size ?? Number.POSITIVE_INFINITY) + LEAST_ROOM);
    this.#buffer = Buffer.allocUnsafeSlow(this.#used);
  }

  /** Bytes in the window. */
  get available(): number {
    return this.#end - this.#start;
  }

  /** The window itself; valid until the next call of `ensure`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Reads until at least `length` bytes are in the window; false when the source ends before. */
  async ensure(length: number): Promise<boolean> {
    while (this.available < length && !this.#ended) {
      this.#makeRoom(length);
      const room = this.#buffer.subarray(this.#end, this.#used);
      const read = await this.source.read(room);
      if (read === 0) this.#ended = true;
      this.#end += read;
    }
    return this.available >= length;
  }

  /** Moves the window's start forward over bytes that it holds. */
  consume(length: number): void {
    this.#start += length;
    this.offset += length;
  }

  /** Goes to a position of a seekable source, inside the window or not. */
  seek(position: number): void {
    const ahead = position - this.offset;
    if (ahead >= 0 && ahead <= this.available) {
      this.consume(ahead);
      return;
    }
    this.source.seek(position);
    this.#start = 0;
    this.#end = 0;
    this.#ended = false;
    this.offset = position;
  }

  #makeRoom(length: number): void {
    const wanted = Math.max(length, this.available + LEAST_ROOM);
    if (this.#start + wanted <= this.#used) return;
    if (wanted > this.#used) this.#used = wanted + READ_BYTES;
    const target =
      this.#used <= this.#buffer.length
        ? this.#buffer
        : Buffer.allocUnsafeSlow(Math.max(this.#used, ROOM_FOR_ANY_FRAME));
    this.#buffer.copy(target, 0, this.#start, this.#end);
    this.#buffer = target;
    this.#end -= this.#start;
    this.#start = 0;
  }
}
