/** The smallest piece that is handed out. */
const SMALLEST = 1024 * 1024;

/**
 * Memory that is shared with worker threads and used again. A fresh piece for every photograph would
 * be freed only when the garbage collector thinks of it: hundreds of megabytes later.
 */
export class MemoryPool {
  readonly #spare: SharedArrayBuffer[] = [];

  /** A piece of at least so many bytes; what is in it is left from earlier use. */
  take(bytes: number): SharedArrayBuffer {
    const fits = this.#spare.findIndex((spare) => spare.byteLength >= bytes);
    if (fits >= 0) return this.#spare.splice(fits, 1)[0]!;
    this.#spare.pop(); // the largest of those that are too small makes way for a larger one
    return new SharedArrayBuffer(sizeFor(bytes));
  }

  /** Gives a piece back that nobody looks at any more. */
  give(memory: SharedArrayBuffer): void {
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
