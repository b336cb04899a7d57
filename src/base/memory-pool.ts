/** The smallest piece that is handed out. */
const SMALLEST = 64 * 1024;

/**
 * Memory that is shared with worker threads and used again. A fresh piece for every photograph would
 * be freed only when the garbage collector thinks of it: hundreds of megabytes later.
 */
export class MemoryPool {
  readonly #spare: SharedArrayBuffer[] = [];
  /** Pieces in use, and how many use each. */
  readonly #users = new Map<SharedArrayBuffer, number>();
  #bytesOut = 0;

  /** Bytes in use. */
  get bytesOut(): number {
    return this.#bytesOut;
  }

  /** A piece of at least so many bytes; what is in it is left from earlier use. */
  take(bytes: number): SharedArrayBuffer {
    const memory = this.#fitting(bytes);
    this.#users.set(memory, 1);
    this.#bytesOut += memory.byteLength;
    return memory;
  }

  #fitting(bytes: number): SharedArrayBuffer {
    const fits = this.#spare.findIndex((spare) => spare.byteLength >= bytes);
    if (fits >= 0) return this.#spare.splice(fits, 1)[0]!;
    this.#spare.pop(); // the largest of those that are too small makes way for a larger one
    return new SharedArrayBuffer(sizeFor(bytes));
  }

  /** The piece that this lies in, where it is one of ours. */
  pieceOf(content: Buffer): SharedArrayBuffer | null {
    const memory: unknown = content.buffer;
    return memory instanceof SharedArrayBuffer && this.#users.has(memory) ? memory : null;
  }

  /** One more uses a piece: it has to be given back once more. */
  share(memory: SharedArrayBuffer): void {
    this.#users.set(memory, this.#users.get(memory)! + 1);
  }

  /** Gives a piece back; when nobody uses it any more, it is handed out again. */
  give(memory: SharedArrayBuffer): void {
    const users = this.#users.get(memory)! - 1;
    this.#users.set(memory, users);
    if (users > 0) return;
    this.#users.delete(memory);
    this.#bytesOut -= memory.byteLength;
    const behind = this.#spare.findIndex((spare) => spare.byteLength > memory.byteLength);
    this.#spare.splice(behind < 0 ? this.#spare.length : behind, 0, memory);
  }
}

/** In steps of a half, so that there are few sizes; memory that is not touched costs nothing. */
function sizeFor(bytes: number): number {
  let size = SMALLEST;
  while (size < bytes) size += Math.ceil(size / 2 / 4096) * 4096;
  return size;
}
