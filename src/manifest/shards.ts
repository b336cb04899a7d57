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
  #lines: Buffer[] = [];
  #bytes = 0;

  /** Adds a line (with its newline); returns the shard that it would have made too large, if any. */
  add(line: string): FullShard | null {
    const bytes = Buffer.from(line);
    const full =
      this.#lines.length >= SHARD_LINES || (this.#bytes > 0 && this.#bytes + bytes.length > SHARD_BYTES);
    const shard = full ? this.flush() : null;
    this.#lines.push(bytes);
    this.#bytes += bytes.length;
    return shard;
  }

  /** The lines that no shard holds yet, or null when there are none. */
  flush(): FullShard | null {
    if (this.#lines.length === 0) return null;
    const content = Buffer.concat(this.#lines);
    const shard = { content, digest: digestOf(content), count: this.#lines.length };
    this.#lines = [];
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
