import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { BundleError, systemCode } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import type { ByteSink } from '../bundle/byte-sink.ts';
import { PART_SUFFIX, type PartFile } from '../bundle/part-file.ts';

/** What is read back at a time; whole pages, as reading past the cache wants it. */
const PIECE_BYTES = 4 * 1024 * 1024;
const WASM_PAGE = 65536;

/** Node's types leave it out; its memory begins at a page, as a buffer of Node's need not. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  };
};

/** Where the bytes that were compared came from. */
export type ReadFrom = 'disk' | 'memory';

/** A file that is read from its start, past the system's cache where the system lets us. */
class ReadBack {
  readonly from: ReadFrom;
  readonly #handle: FileHandle;
  readonly #piece: Buffer;
  #filled = 0;
  #at = 0;
  #position = 0;
  #ended = false;

  private constructor(handle: FileHandle, from: ReadFrom) {
    this.#handle = handle;
    this.from = from;
    this.#piece = Buffer.from(new WebAssembly.Memory({ initial: PIECE_BYTES / WASM_PAGE }).buffer);
  }

  /** tmpfs, some network and FUSE file systems, macOS and Windows only read through the cache. */
  static async open(path: string): Promise<ReadBack> {
    const direct = constants.O_DIRECT;
    if (direct !== undefined) {
      const handle = await open(path, constants.O_RDONLY | direct).catch(ignoreRefusal);
      if (handle !== null) {
        const file = new ReadBack(handle, 'disk');
        if (await file.#fill().then(() => true, ignoreRefusal)) return file;
        await handle.close();
      }
    }
    return new ReadBack(await open(path, 'r'), 'memory');
  }

  async #fill(): Promise<void> {
    if (this.#ended) {
      this.#filled = 0;
      return;
    }
    const { bytesRead } = await this.#handle.read(this.#piece, 0, this.#piece.length, this.#position);
    this.#position += bytesRead;
    // Behind a short piece there is nothing, and no position to read at that past the cache is allowed.
    this.#ended = bytesRead < this.#piece.length;
    this.#filled = bytesRead;
    this.#at = 0;
  }

  /** Gives the next bytes to `use`, piece by piece; returns how many there were. */
  async take(length: number, use: (bytes: Buffer) => void): Promise<number> {
    let left = length;
    while (left > 0) {
      if (this.#at === this.#filled) await this.#fill();
      if (this.#filled === 0) break;
      const bytes = this.#piece.subarray(this.#at, Math.min(this.#filled, this.#at + left));
      use(bytes);
      this.#at += bytes.length;
      left -= bytes.length;
    }
    return length - left;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function ignoreRefusal(error: unknown): null {
  if (/^E(INVAL|OPNOTSUPP|NOTSUP|NOSYS)$/.test(systemCode(error))) return null;
  throw error;
}

interface Piece {
  readonly length: number;
  readonly digest: string;
}

/** Keeps the digest of every piece that is written, and compares the file with them before it gets its name. */
export class CheckedPart implements ByteSink {
  readFrom: ReadFrom = 'disk';
  readonly #part: PartFile;
  readonly #observer: Observer;
  readonly #pieces: Piece[];
  #length: number;

  private constructor(part: PartFile, kept: readonly Piece[], observer: Observer) {
    this.#part = part;
    this.#pieces = [...kept];
    this.#length = kept.reduce((sum, { length }) => sum + length, 0);
    this.#observer = observer;
  }

  /** `kept` are the lengths of the frames that an earlier run has written, and that were proven since. */
  static async open(
    part: PartFile,
    kept: Iterable<{ readonly compressed: number }>,
    observer = silent,
  ): Promise<CheckedPart> {
    const pieces: Piece[] = [];
    const file = await ReadBack.open(part.path + PART_SUFFIX);
    try {
      for (const { compressed: length } of kept) {
        const hash = createHash('sha256');
        await file.take(length, (bytes) => hash.update(bytes));
        pieces.push({ length, digest: hash.digest('hex') });
      }
    } finally {
      await file.close();
    }
    return new CheckedPart(part, pieces, observer);
  }

  async write(bytes: Buffer): Promise<void> {
    this.#pieces.push({ length: bytes.length, digest: createHash('sha256').update(bytes).digest('hex') });
    this.#length += bytes.length;
    await this.#part.write(bytes);
  }

  async truncate(length: number): Promise<boolean> {
    while (this.#length > length) this.#length -= this.#pieces.pop()!.length;
    return await this.#part.truncate(length);
  }

  /** @throws BundleError `read-back-differs` */
  async finish(): Promise<void> {
    await this.#part.sync();
    await this.#compare();
    await this.#part.finish();
  }

  async #compare(): Promise<void> {
    this.#observer({ type: 'phase', phase: 'check', total: this.#length, unit: 'bytes' });
    const file = await ReadBack.open(this.#part.path + PART_SUFFIX);
    this.readFrom = file.from;
    try {
      let offset = 0;
      for (const { length, digest } of this.#pieces) {
        const hash = createHash('sha256');
        const read = await file.take(length, (bytes) => hash.update(bytes));
        if (read < length || hash.digest('hex') !== digest)
          throw new BundleError('read-back-differs', { params: { path: this.#part.path, offset } });
        offset += length;
        this.#observer({ type: 'progress', done: offset });
      }
    } finally {
      await file.close();
    }
    if (file.from === 'memory')
      this.#observer({ type: 'notice', notice: 'checked-in-memory', params: { path: this.#part.path } });
  }

  abandon = () => this.#part.abandon();
}
