import { randomFillSync } from 'node:crypto';
import type { Digest } from '../base/digest.ts';

/** A whole SHA-256: what is lost must be named. */
const KEY_BYTES = 32;

/** What is known of one content that records name. */
export type ContentState = 'listed' | 'proven' | 'passed' | 'damaged' | 'omitted';

const STATES: readonly ContentState[] = ['listed', 'proven', 'passed', 'damaged', 'omitted'];

/** Entries are allocated by some thousands: growing neither copies them nor leaves what was too small behind. */
const CHUNK = 4 * 1024;

/** So many entries, in the order in which they were listed. */
class Chunk {
  readonly keys = Buffer.alloc(CHUNK * KEY_BYTES);
  readonly sizes = new Float64Array(CHUNK);
  readonly states = new Uint8Array(CHUNK);
}

/**
 * The contents that records name, with size and state: 41 bytes each and up to 12 for finding them,
 * so that a million of them take about 50 MB. An open-addressing hash table of entry numbers.
 */
export class DigestTable {
  readonly #chunks: Chunk[] = [];
  /** Numbers of entries, counted from 1; 0 where there is none. */
  #slots = new Uint32Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds a content; returns the size under which it is listed already, or `size`. */
  list(digest: Digest, size: number): number {
    if ((this.#count + 1) * 3 > this.#slots.length * 2) this.#grow();
    const key = keyOf(digest);
    const slot = this.#slot(key);
    const known = this.#slots[slot]! - 1;
    if (known >= 0) return this.#chunks[chunkOf(known)]!.sizes[known % CHUNK]!;
    const entry = this.#count;
    if (entry % CHUNK === 0) this.#chunks.push(new Chunk());
    const chunk = this.#chunks[chunkOf(entry)]!;
    key.copy(chunk.keys, (entry % CHUNK) * KEY_BYTES);
    chunk.sizes[entry % CHUNK] = size;
    chunk.states[entry % CHUNK] = STATES.indexOf('listed');
    this.#count += 1;
    this.#slots[slot] = this.#count;
    return size;
  }

  /** Null when no record names this content. */
  get(digest: Digest): { readonly size: number; readonly state: ContentState } | null {
    const entry = this.#find(digest);
    if (entry < 0) return null;
    const { sizes, states } = this.#chunks[chunkOf(entry)]!;
    return { size: sizes[entry % CHUNK]!, state: STATES[states[entry % CHUNK]!]! };
  }

  set(digest: Digest, state: ContentState): void {
    const entry = this.#find(digest);
    if (entry >= 0) this.#chunks[chunkOf(entry)]!.states[entry % CHUNK] = STATES.indexOf(state);
  }

  /** Every content in one state goes into another. */
  replace(state: ContentState, by: ContentState): void {
    for (const entry of this.#entriesIn([state]))
      this.#chunks[chunkOf(entry)]!.states[entry % CHUNK] = STATES.indexOf(by);
  }

  /** The digests of all contents in one of these states, in the order in which they were listed. */
  *digestsIn(states: readonly ContentState[]): Generator<Digest> {
    for (const entry of this.#entriesIn(states)) {
      const at = (entry % CHUNK) * KEY_BYTES;
      yield this.#chunks[chunkOf(entry)]!.keys.toString('hex', at, at + KEY_BYTES);
    }
  }

  countIn(state: ContentState): number {
    let count = 0;
    for (const _ of this.#entriesIn([state])) count += 1;
    return count;
  }

  *#entriesIn(states: readonly ContentState[]): Generator<number> {
    const wanted = states.map((state) => STATES.indexOf(state));
    for (let entry = 0; entry < this.#count; entry += 1) {
      if (wanted.includes(this.#chunks[chunkOf(entry)]!.states[entry % CHUNK]!)) yield entry;
    }
  }

  /** The number of the entry with this digest, or -1. */
  #find(digest: Digest): number {
    return this.#slots[this.#slot(keyOf(digest))]! - 1;
  }

  /** Where the entry with this key is, or would be. */
  #slot(key: Buffer): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(key) & mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#hasKey(entry - 1, key)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #hasKey(entry: number, key: Buffer): boolean {
    const at = (entry % CHUNK) * KEY_BYTES;
    return key.compare(this.#chunks[chunkOf(entry)]!.keys, at, at + KEY_BYTES) === 0;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let entry = 0; entry < this.#count; entry += 1) {
      const at = (entry % CHUNK) * KEY_BYTES;
      const key = this.#chunks[chunkOf(entry)]!.keys.subarray(at, at + KEY_BYTES);
      this.#slots[this.#slot(key)] = entry + 1;
    }
  }
}

/** Drawn anew by each process: nobody can make up digests that all fall on one place. */
const FACTORS = randomFillSync(new Uint32Array(KEY_BYTES / 4)).map((word) => word | 1);

function hashOf(key: Buffer): number {
  let hash = 0;
  for (let word = 0; word < FACTORS.length; word += 1)
    hash = Math.imul(hash ^ key.readUInt32LE(word * 4), FACTORS[word]!) ^ (hash >>> 15);
  return hash ^ (hash >>> 16);
}

const chunkOf = (entry: number) => Math.floor(entry / CHUNK);

const scratch = Buffer.alloc(KEY_BYTES);

function keyOf(digest: Digest): Buffer {
  scratch.write(digest, 0, KEY_BYTES, 'hex');
  return scratch;
}
