import type { Digest } from '../base/digest.ts';

/** A whole SHA-256: what is lost must be named. */
const KEY_BYTES = 32;

/** What is known of one content that records name. */
export type ContentState = 'listed' | 'proven' | 'passed' | 'damaged' | 'omitted';

const STATES: readonly ContentState[] = ['listed', 'proven', 'passed', 'damaged', 'omitted'];

/**
 * The contents that records name, with size and state: 41 bytes each, so that a million of them
 * take about 80 MB. An open-addressing hash table; the digest is its own hash.
 */
export class DigestTable {
  #capacity: number;
  #keys: Buffer;
  #sizes: Float64Array;
  #states: Uint8Array;
  #count = 0;

  constructor(expected = 1000) {
    this.#capacity = capacityFor(expected);
    this.#keys = Buffer.alloc(this.#capacity * KEY_BYTES);
    this.#sizes = new Float64Array(this.#capacity);
    this.#states = new Uint8Array(this.#capacity);
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a content; returns the size under which it is listed already, or `size`. */
  list(digest: Digest, size: number): number {
    if ((this.#count + 1) * 3 > this.#capacity * 2) this.#grow();
    const key = keyOf(digest);
    const slot = this.#slot(key);
    if (this.#states[slot] !== 0) return this.#sizes[slot]!;
    key.copy(this.#keys, slot * KEY_BYTES);
    this.#sizes[slot] = size;
    this.#states[slot] = 1;
    this.#count += 1;
    return size;
  }

  /** Null when no record names this content. */
  get(digest: Digest): { readonly size: number; readonly state: ContentState } | null {
    const slot = this.#slot(keyOf(digest));
    const state = this.#states[slot]!;
    return state === 0 ? null : { size: this.#sizes[slot]!, state: STATES[state - 1]! };
  }

  set(digest: Digest, state: ContentState): void {
    const slot = this.#slot(keyOf(digest));
    if (this.#states[slot] !== 0) this.#states[slot] = STATES.indexOf(state) + 1;
  }

  /** Every content in one state goes into another. */
  replace(state: ContentState, by: ContentState): void {
    const [old, now] = [STATES.indexOf(state) + 1, STATES.indexOf(by) + 1];
    for (let slot = 0; slot < this.#states.length; slot += 1)
      if (this.#states[slot] === old) this.#states[slot] = now;
  }

  /** The digests of all contents in one of these states, in no order that means anything. */
  *digestsIn(states: readonly ContentState[]): Generator<Digest> {
    const wanted = states.map((state) => STATES.indexOf(state) + 1);
    for (let slot = 0; slot < this.#states.length; slot += 1) {
      if (wanted.includes(this.#states[slot]!))
        yield this.#keys.toString('hex', slot * KEY_BYTES, (slot + 1) * KEY_BYTES);
    }
  }

  countIn(state: ContentState): number {
    const wanted = STATES.indexOf(state) + 1;
    let count = 0;
    for (const found of this.#states) if (found === wanted) count += 1;
    return count;
  }

  #slot(key: Buffer): number {
    const mask = this.#capacity - 1;
    let slot = key.readUInt32LE(0) & mask;
    while (
      this.#states[slot] !== 0 &&
      key.compare(this.#keys, slot * KEY_BYTES, (slot + 1) * KEY_BYTES) !== 0
    ) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const old = { keys: this.#keys, sizes: this.#sizes, states: this.#states };
    this.#capacity *= 2;
    this.#keys = Buffer.alloc(this.#capacity * KEY_BYTES);
    this.#sizes = new Float64Array(this.#capacity);
    this.#states = new Uint8Array(this.#capacity);
    for (let at = 0; at < old.states.length; at += 1) {
      if (old.states[at] === 0) continue;
      const key = old.keys.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES);
      const slot = this.#slot(key);
      key.copy(this.#keys, slot * KEY_BYTES);
      this.#sizes[slot] = old.sizes[at]!;
      this.#states[slot] = old.states[at]!;
    }
  }
}

const scratch = Buffer.alloc(KEY_BYTES);

function keyOf(digest: Digest): Buffer {
  scratch.write(digest, 0, KEY_BYTES, 'hex');
  return scratch;
}

function capacityFor(expected: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(64, Math.min(expected, 2 ** 22) * 1.5)));
}
