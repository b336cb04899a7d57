import { randomFillSync } from 'node:crypto';
import type { Digest } from '../base/digest.ts';
import { NumberList } from '../base/number-list.ts';

/** A whole SHA-256, in 32-bit words: what is lost must be named. */
const KEY_WORDS = 8;
const KEY_BYTES = KEY_WORDS * 4;

/** So many values has a 32-bit word. */
const WORD = 2 ** 32;

/** What is known of one content that records name. */
export type ContentState = 'listed' | 'proven' | 'passed' | 'damaged' | 'omitted';

const STATES: readonly ContentState[] = ['listed', 'proven', 'passed', 'damaged', 'omitted'];

/** A power of two, as every larger number of slots is. */
const FEWEST_SLOTS = 1024;

/** Entries are allocated by some thousands: growing neither copies them nor leaves what was too small behind. */
const CHUNK = 4 * 1024;

/** So many entries, in the order in which they were listed. */
class Chunk {
  readonly keys = new Uint32Array(CHUNK * KEY_WORDS);
  /** Sizes have 40 bits: these and eight above them. */
  readonly sizes = new Uint32Array(CHUNK);
  readonly sizesAbove = new Uint8Array(CHUNK);
  readonly states = new Uint8Array(CHUNK);
}

/**
 * The contents that records name, with size and state: 38 bytes each and up to 12 for finding them,
 * so that a million of them take about 50 MB. An open-addressing hash table of entry numbers.
 */
export class DigestTable {
  readonly #chunks: Chunk[] = [];
  /** Numbers of entries, counted from 1; 0 where there is none. */
  #slots = new NumberList();
  #slotCount = FEWEST_SLOTS;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds a content; returns the size under which it is listed already, or `size`. */
  list(digest: Digest, size: number): number {
    setKey(digest);
    return this.#listKey(size);
  }

  /** The same for the digest whose 32 bytes begin at `start`. */
  listBytes(bytes: Uint8Array, start: number, size: number): number {
    for (let at = 0; at < KEY_BYTES; at += 1) keyBytes[at] = bytes[start + at]!;
    return this.#listKey(size);
  }

  #listKey(size: number): number {
    if ((this.#count + 1) * 3 > this.#slotCount * 2) this.#grow();
    const slot = this.#slot();
    const known = this.#slots.get(slot) - 1;
    if (known >= 0) return this.sizeOf(known);
    const entry = this.#count;
    if (entry % CHUNK === 0) this.#chunks.push(new Chunk());
    const chunk = this.#chunks[chunkOf(entry)]!;
    chunk.keys.set(key, (entry % CHUNK) * KEY_WORDS);
    chunk.sizes[entry % CHUNK] = size % WORD;
    chunk.sizesAbove[entry % CHUNK] = Math.floor(size / WORD);
    chunk.states[entry % CHUNK] = STATES.indexOf('listed');
    this.#count += 1;
    this.#slots.set(slot, this.#count);
    return size;
  }

  /** The number under which a content is listed, counted from 0; -1 when no record names it. */
  find(digest: Digest): number {
    setKey(digest);
    return this.#slots.get(this.#slot()) - 1;
  }

  digestOf(entry: number): Digest {
    this.#loadKey(entry);
    return keyBytes.toString('hex');
  }

  sizeOf(entry: number): number {
    const { sizes, sizesAbove } = this.#chunks[chunkOf(entry)]!;
    return sizesAbove[entry % CHUNK]! * WORD + sizes[entry % CHUNK]!;
  }

  stateOf(entry: number): ContentState {
    return STATES[this.#chunks[chunkOf(entry)]!.states[entry % CHUNK]!]!;
  }

  setState(entry: number, state: ContentState): void {
    this.#chunks[chunkOf(entry)]!.states[entry % CHUNK] = STATES.indexOf(state);
  }

  /** Null when no record names this content. */
  stateIn(digest: Digest): ContentState | null {
    const entry = this.find(digest);
    return entry < 0 ? null : this.stateOf(entry);
  }

  /** Every content in one state goes into another. */
  replace(state: ContentState, by: ContentState): void {
    for (const entry of this.#entriesIn([state])) this.setState(entry, by);
  }

  /** The digests of all contents in one of these states, in the order in which they were listed. */
  *digestsIn(states: readonly ContentState[]): Generator<Digest> {
    for (const entry of this.#entriesIn(states)) {
      yield this.digestOf(entry);
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

  /** Where the entry with the key is, or would be. */
  #slot(): number {
    const mask = this.#slotCount - 1;
    let slot = hashOfKey() & mask;
    for (let entry = this.#slots.get(slot); entry !== 0; entry = this.#slots.get(slot)) {
      if (this.#hasKey(entry - 1)) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #hasKey(entry: number): boolean {
    const { keys } = this.#chunks[chunkOf(entry)]!;
    const start = (entry % CHUNK) * KEY_WORDS;
    for (let word = 0; word < KEY_WORDS; word += 1) if (keys[start + word] !== key[word]) return false;
    return true;
  }

  #loadKey(entry: number): void {
    const { keys } = this.#chunks[chunkOf(entry)]!;
    const start = (entry % CHUNK) * KEY_WORDS;
    for (let word = 0; word < KEY_WORDS; word += 1) key[word] = keys[start + word]!;
  }

  #grow(): void {
    this.#slots = new NumberList();
    this.#slotCount *= 2;
    const wanted = key.slice();
    for (let entry = 0; entry < this.#count; entry += 1) {
      this.#loadKey(entry);
      this.#slots.set(this.#slot(), entry + 1);
    }
    key.set(wanted);
  }
}

const chunkOf = (entry: number) => Math.floor(entry / CHUNK);

/** The digest that is looked for, as words and as bytes: one for all tables, so that looking makes no garbage. */
const key = new Uint32Array(KEY_WORDS);
const keyBytes = Buffer.from(key.buffer);

function setKey(digest: Digest): void {
  keyBytes.write(digest, 0, KEY_BYTES, 'hex');
}

/** Drawn anew by each process: nobody can make up digests that all fall on one place. */
const FACTORS = randomFillSync(new Uint32Array(KEY_WORDS)).map((word) => word | 1);

function hashOfKey(): number {
  let hash = 0;
  for (let word = 0; word < KEY_WORDS; word += 1)
    hash = Math.imul(hash ^ key[word]!, FACTORS[word]!) ^ (hash >>> 15);
  return hash ^ (hash >>> 16);
}
