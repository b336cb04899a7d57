/** Numbers are allocated by some thousands: growing neither copies them nor leaves what was too small behind. */
const CHUNK_BITS = 14;
const CHUNK = 2 ** CHUNK_BITS;

/**
 * Whole numbers below 2^32 in four bytes each, for lists with as many as a bundle has records. Places that were
 * never set hold 0, and where there are thousands of them in a row, they take no memory.
 */
export class NumberList {
  length = 0;
  readonly #chunks: (Uint32Array | undefined)[] = [];

  /** 0 behind the end. */
  get(at: number): number {
    return this.#chunks[at >>> CHUNK_BITS]?.[at % CHUNK] ?? 0;
  }

  set(at: number, value: number): void {
    if (at >= this.length) this.length = at + 1;
    const number = at >>> CHUNK_BITS;
    const chunk = this.#chunks[number];
    if (chunk !== undefined) chunk[at % CHUNK] = value;
    else if (value !== 0) this.#begin(number)[at % CHUNK] = value;
  }

  #begin(number: number): Uint32Array {
    while (this.#chunks.length < number) this.#chunks.push(undefined);
    return (this.#chunks[number] = new Uint32Array(CHUNK));
  }

  /** Forgets all but the first `length`. */
  truncate(length: number): void {
    if (length >= this.length) return;
    this.#chunks.splice(Math.ceil(length / CHUNK));
    this.#chunks[length >>> CHUNK_BITS]?.fill(0, length % CHUNK);
    this.length = length;
  }
}
