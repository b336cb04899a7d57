import type { DecodedFrames, Frame } from './decoded-frames.ts';
import { EntryDamaged } from './entry.ts';
import { BLOCK, padded, type TarHeader } from './tar-header.ts';

/** An entry that begins a frame and goes on in the next ones. */
export class LongEntry {
  readonly #frames: DecodedFrames;
  readonly #name: string;
  /** Bytes of content, and with its padding, that were not handed out. */
  #left: number;
  #paddedLeft: number;
  #content: Buffer | null;
  #broken = false;

  constructor(frames: DecodedFrames, first: Frame, header: TarHeader) {
    this.#frames = frames;
    this.#name = header.name;
    this.#left = header.size;
    this.#paddedLeft = padded(header.size);
    this.#content = first.content.subarray(BLOCK);
  }

  /** The next piece, null behind the last. @throws EntryDamaged */
  async next(): Promise<Buffer | null> {
    while (this.#paddedLeft > 0) {
      const content = this.#content ?? (await this.#nextContent());
      this.#content = null;
      const piece = content.subarray(0, Math.min(this.#left, content.length));
      this.#left -= piece.length;
      this.#paddedLeft -= content.length;
      if (piece.length > 0) return piece;
    }
    return null;
  }

  async *pieces(): AsyncGenerator<Buffer> {
    for (let piece = await this.next(); piece !== null; piece = await this.next()) yield piece;
  }

  /** Reads to the end whatever was not asked for; false when that is not to be had. */
  async drain(): Promise<boolean> {
    try {
      while ((await this.next()) !== null);
      return true;
    } catch (error) {
      if (error instanceof EntryDamaged) return false;
      throw error;
    }
  }

  async #nextContent(): Promise<Buffer> {
    const frame = this.#broken ? null : await this.#frames.next();
    if (frame !== null && frame !== 'damaged') {
      if (frame.content.length <= this.#paddedLeft) return frame.content;
      const found = `${frame.content.length} bytes`;
      this.#frames.damaged(frame, `at most ${this.#paddedLeft} bytes of ${this.#name}`, found);
    }
    this.#broken = true;
    throw new EntryDamaged(this.#name);
  }
}
