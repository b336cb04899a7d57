import { createHash } from 'node:crypto';
import { breathe } from '../base/breathe.ts';
import { type Digest } from '../base/digest.ts';
import { Refused } from '../base/findings.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import type { Entry } from '../bundle/entry.ts';

const NEWLINE = 0x0a;

/** The lines of an entry of any length, one at a time, with the digest of all of it at the end. */
export class EntryLines {
  readonly #entry: Entry;
  readonly #hash = createHash('sha256');

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  /** Lines are numbered from 1. @throws Refused `limit-exceeded` for a line above 1 MiB */
  async *lines(): AsyncGenerator<{ readonly bytes: Buffer; readonly number: number }> {
    let rest: Buffer = Buffer.alloc(0);
    let number = 0;
    for await (const piece of this.#entry.pieces()) {
      this.#hash.update(piece);
      let from = 0;
      for (let newline = piece.indexOf(NEWLINE); newline >= 0; newline = piece.indexOf(NEWLINE, from)) {
        await breathe();
        number += 1;
        const part = piece.subarray(from, newline);
        yield { bytes: this.#capped(rest.length === 0 ? part : Buffer.concat([rest, part]), number), number };
        rest = Buffer.alloc(0);
        from = newline + 1;
      }
      rest = this.#capped(Buffer.concat([rest, piece.subarray(from)]), number + 1);
    }
    if (rest.length > 0) yield { bytes: rest, number: number + 1 };
  }

  /** Of the whole entry; only after the last line. */
  digest(): Digest {
    return this.#hash.digest('hex');
  }

  #capped(line: Buffer, number: number): Buffer {
    if (line.length <= MAX_LINE_BYTES) return line;
    const where = { entry: this.#entry.name, line: number };
    throw new Refused('limit-exceeded', where, {
      expected: `lines of at most ${MAX_LINE_BYTES} bytes`,
      found: 'a longer one',
    });
  }
}
