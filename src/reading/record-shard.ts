import type { ImageRecord } from '../manifest/types.ts';

/** The records of one shard, all of which are proven; each is read when it is asked for. */
export class RecordShard {
  /** Number of the first record in the bundle, counted from 0. */
  readonly first: number;
  readonly count: number;
  /** Of all lines, with their newlines; valid until the walk goes on. */
  readonly bytes: Buffer;
  /** Where each line ends. */
  readonly #ends: Uint32Array;
  /** Lines that are no records. */
  readonly #refused: ReadonlySet<number>;

  constructor(first: number, bytes: Buffer, ends: Uint32Array, refused: ReadonlySet<number>) {
    this.first = first;
    this.count = ends.length;
    this.bytes = bytes;
    this.#ends = ends;
    this.#refused = refused;
  }

  /** How many bytes the `at`th record takes, counted from 0. */
  lineBytes(at: number): number {
    return this.#ends[at]! - this.#start(at);
  }

  #start(at: number): number {
    return at === 0 ? 0 : this.#ends[at - 1]! + 1;
  }

  /** Null for one that was refused, so that ordinals stay right. */
  record(at: number): ImageRecord | null {
    if (this.#refused.has(at)) return null;
    return JSON.parse(this.bytes.toString('utf8', this.#start(at), this.#ends[at])) as ImageRecord;
  }

  *[Symbol.iterator](): Generator<ImageRecord | null> {
    for (let at = 0; at < this.count; at += 1) yield this.record(at);
  }
}
