/** Bits for each key that is expected: one key in thirty that is not there is taken for one that may be. */
const BITS_PER_KEY = 8;
const PROBES = 3;

/** Bits: 8 KiB at the least; beyond 16 MiB, more of what is not there is taken for what may be. */
const FEWEST_BITS = 2 ** 16;
const MOST_BITS = 2 ** 27;

/** Knows of most numbers that they were not marked, in a few bits for each that was: a Bloom filter. */
export class KeyFilter {
  readonly #bits: Uint32Array;

  /** `expected` is how many keys there will be, as far as anybody knows. */
  constructor(expected: number) {
    this.#bits = new Uint32Array(bitsFor(expected) / 32);
  }

  /** False for a number that was certainly not marked. */
  mayHave(key: number): boolean {
    const bits = this.#bits;
    const mask = bits.length * 32 - 1;
    const step = stepOf(key);
    for (let probe = 0, bit = key >>> 0; probe < PROBES; probe += 1, bit = (bit + step) >>> 0)
      if ((bits[(bit & mask) >>> 5]! & (1 << (bit & 31))) === 0) return false;
    return true;
  }

  mark(key: number): void {
    const bits = this.#bits;
    const mask = bits.length * 32 - 1;
    const step = stepOf(key);
    for (let probe = 0, bit = key >>> 0; probe < PROBES; probe += 1, bit = (bit + step) >>> 0)
      bits[(bit & mask) >>> 5]! |= 1 << (bit & 31);
  }
}

function bitsFor(keys: number): number {
  let bits = FEWEST_BITS;
  while (bits < keys * BITS_PER_KEY && bits < MOST_BITS) bits *= 2;
  return bits;
}

/** From one probe to the next: the part of the key that does not tell where the first one is. */
function stepOf(key: number): number {
  return Math.imul(Math.floor(key / 2 ** 32) + (key >>> 7), 0x9e3779b1) | 1;
}
