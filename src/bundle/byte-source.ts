import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** Where the bytes of a bundle come from. */
export interface ByteSource {
  /** What the user called it. */
  readonly label: string;
  /** Bytes in all, or null when only the end of the stream will tell. */
  readonly size: number | null;
  readonly seekable: boolean;
  /** Reads the next bytes into `target`; returns how many, 0 at the end. */
  read(target: Buffer): Promise<number>;
  /** Reads at a position without moving; only where `seekable`. */
  readAt(target: Buffer, position: number): Promise<number>;
  /** Goes on reading at a position; only where `seekable`. */
  seek(position: number): void;
  close(): Promise<void>;
}

/** A file, read from its start. */
export class FileSource implements ByteSource {
  readonly label: string;
  readonly size: number;
  readonly seekable = true;
  readonly #handle: FileHandle;
  readonly #most: number;
  #position = 0;

  constructor(label: string, handle: FileHandle, size: number, most = Number.POSITIVE_INFINITY) {
    this.label = label;
    this.#handle = handle;
    this.size = size;
    this.#most = most;
  }

  /** `most` bytes are read ahead at a time: few where only the head of the file is of interest. */
  static async open(path: string, most?: number): Promise<FileSource> {
    const handle = await open(path, 'r');
    const { size } = await handle.stat();
    return new FileSource(path, handle, size, most);
  }

  /** The open file, for whoever reads it without moving. */
  get descriptor(): number {
    return this.#handle.fd;
  }

  async read(target: Buffer): Promise<number> {
    const { bytesRead } = await this.#handle.read(
      target,
      0,
      Math.min(target.length, this.#most),
      this.#position,
    );
    this.#position += bytesRead;
    return bytesRead;
  }

  async readAt(target: Buffer, position: number): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const { bytesRead } = await this.#handle.read(target, done, target.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  seek(position: number): void {
    this.#position = position;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** A pipe or any other stream; reads no further ahead than the stream's own buffer. */
export class StreamSource implements ByteSource {
  readonly label: string;
  readonly size = null;
  readonly seekable = false;
  readonly #chunks: AsyncIterator<Buffer | string>;
  readonly #stream: Readable;
  #rest: Buffer = Buffer.alloc(0);

  constructor(label: string, stream: Readable) {
    this.label = label;
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer | string>;
  }

  async read(target: Buffer): Promise<number> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return 0;
      this.#rest = typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
    }
    const length = Math.min(target.length, this.#rest.length);
    this.#rest.copy(target, 0, 0, length);
    this.#rest = this.#rest.subarray(length);
    return length;
  }

  readAt(): Promise<number> {
    throw new TypeError('a stream cannot be read at a position');
  }

  seek(): void {
    throw new TypeError('a stream cannot be read at a position');
  }

  async close(): Promise<void> {
    this.#stream.destroy();
  }
}
