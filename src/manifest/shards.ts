import { digestOf } from '../base/digest.ts';
import { SHARD_BYTES, SHARD_LINES } from '../base/limits.ts';

/** A shard that is complete: its lines as bytes. */
export interface FullShard {
  readonly content: Buffer;
  readonly digest: string;
  readonly count: number;
}

/** Gathers lines into shards of at most 1,000 lines or about 1 MiB. */
export class ShardBuilder {
  #pieces: Uint8Array[] = [];
  #count = 0;
  #bytes = 0;

  /** Adds a line (with its newline); returns the shard that it would have made too large, if any. */
  add(line: string): FullShard | null {
    const bytes = Buffer.from(line);
    return this.addLines(bytes, [bytes.length])[0] ?? null;
  }

  /** Adds lines that lie one behind the other; returns the shards that they would have made too large. */
  addLines(lines: Uint8Array, ends: Iterable<number>): FullShard[] {
    const shards: FullShard[] = [];
    let [from, start] = [0, 0];
    for (const end of ends) {
      if (!this.#hasRoom(end - start)) {
        this.#pieces.push(lines.subarray(from, start));
        shards.push(this.flush()!);
        from = start;
      }
      this.#count += 1;
      this.#bytes += end - start;
      start = end;
    }
    this.#pieces.push(lines.subarray(from, start));
    return shards;
  }

  #hasRoom(bytes: number): boolean {
    return this.#count === 0 || (this.#count < SHARD_LINES && this.#bytes + bytes <= SHARD_BYTES);
  }

  /** The lines that no shard holds yet, or null when there are none. */
  flush(): FullShard | null {
    if (this.#count === 0) return null;
    const content = Buffer.concat(this.#pieces);
    const shard = { content, digest: digestOf(content), count: this.#count };
    this.#pieces = [];
    this.#count = 0;
    this.#bytes = 0;
    return shard;
  }
}

const NEWLINE = 0x0a;

/** The lines of a shard without their newlines; bytes behind the last newline are a line, too. */
export function* linesOf(content: Buffer): Generator<Buffer> {
  let from = 0;
  while (from < content.length) {
    const newline = content.indexOf(NEWLINE, from);
    const end = newline < 0 ? content.length : newline;
    yield content.subarray(from, end);
    from = end + 1;
  }
}

/** Where each of these lines ends, its newline not counted. */
export function lineEnds(content: Buffer): Uint32Array<ArrayBuffer> {
  const ends: number[] = [];
  for (let from = 0; from < content.length; ) {
    const newline = content.indexOf(NEWLINE, from);
    const end = newline < 0 ? content.length : newline;
    ends.push(end);
    from = end + 1;
  }
  return Uint32Array.from(ends);
}
