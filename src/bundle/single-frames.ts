import { createHash } from 'node:crypto';
import type { Digest } from '../base/digest.ts';
import { ByteCursor } from './byte-cursor.ts';
import type { ByteSource } from './byte-source.ts';
import { decodeFrame } from './decode-frame.ts';
import { readPlainHeader } from './frame-header.ts';
import { type FramePiece, FrameReader } from './frame-reader.ts';

/** The bytes are no row of frames as our writer makes them; the message says why. */
export class FramesRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'FramesRefused';
  }
}

/**
 * Independent zstd frames of any content, one after the other: files of ours that are no tar.
 * Nothing else may stand between or behind them, and a frame's content is capped before room is
 * made for it.
 */
export class SingleFrames {
  readonly #cursor: ByteCursor;
  readonly #reader: FrameReader;
  readonly #most: number;
  readonly #hash = createHash('sha256');
  #content = Buffer.alloc(0);
  #current = 0;

  /** `most` is the cap of one frame's content, in bytes. */
  constructor(source: ByteSource, most: number) {
    this.#cursor = new ByteCursor(source);
    this.#reader = new FrameReader(this.#cursor, readPlainHeader);
    this.#most = most;
  }

  /** The next frame's content, valid until the next call; null at the end. @throws FramesRefused */
  async next(): Promise<Buffer | null> {
    this.#pass();
    const piece = await this.#reader.next();
    switch (piece.kind) {
      case 'frame':
        return this.#decode(piece);
      case 'end':
        return null;
      case 'cut':
        throw new FramesRefused('it is cut short');
      case 'skippable':
        throw new FramesRefused('it holds a skippable frame');
      case 'damaged':
        throw new FramesRefused(`expected ${piece.expected}, found ${piece.found}`);
    }
  }

  /** Nothing comes behind the frame that `next` returned last; its content is not valid any more. */
  async ended(): Promise<boolean> {
    this.#pass();
    return !(await this.#cursor.ensure(1));
  }

  /** SHA-256 of all bytes before the frame that `next` returned last. */
  digestBefore(): Digest {
    return this.#hash.copy().digest('hex');
  }

  #pass(): void {
    if (this.#current === 0) return;
    this.#hash.update(this.#cursor.bytes.subarray(0, this.#current));
    this.#cursor.consume(this.#current);
    this.#current = 0;
  }

  #decode({ bytes, contentSize }: FramePiece & { kind: 'frame' }): Buffer {
    if (contentSize > this.#most)
      throw new FramesRefused(`a frame of ${contentSize} bytes, at most ${this.#most} are allowed`);
    if (this.#content.length < contentSize) this.#content = Buffer.allocUnsafe(contentSize);
    const content = this.#content.subarray(0, contentSize);
    this.#current = bytes.length;
    const decoded = decodeFrame(bytes, content);
    if (decoded === contentSize) return content;
    throw new FramesRefused(typeof decoded === 'string' ? decoded : 'a frame with less content than it says');
  }
}
