import { createHash } from 'node:crypto';
import { breathe } from '../base/breathe.ts';
import { type Digest } from '../base/digest.ts';
import { Refused } from '../base/findings.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import type { Entry } from '../bundle/entry.ts';

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

/** Lines that are handed out together: as many as are gone through before the event loop has its turn. */
const TOGETHER = 500;

/** Lines that stand next to each other, valid until the next ones. */
export interface SomeLines {
  readonly some: readonly Buffer[];
  /** Number of the first of them, counted from 1. */
  readonly first: number;
}

/** The lines of an entry of any length, some at a time, with the digest of all of it at the end. */
export class EntryLines {
  readonly #entry: Entry;
  readonly #hash = createHash('sha256');

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  /** @throws Refused `limit-exceeded` for a line above 1 MiB */
  async *batches(): AsyncGenerator<SomeLines> {
    let first = 1;
    let rest: Buffer = NOTHING;
    for await (const piece of this.#entry.pieces()) {
      this.#hash.update(piece);
      for (let from = 0; from < piece.length; ) {
        await breathe();
        const { lines, end } = linesFrom(piece, from);
        if (lines.length === 0) {
          rest = this.#capped(Buffer.concat([rest, piece.subarray(from)]), first);
          break;
        }
        if (rest.length > 0) lines[0] = Buffer.concat([rest, lines[0]!]);
        rest = NOTHING;
        yield { some: lines.map((line, at) => this.#capped(line, first + at)), first };
        first += lines.length;
        from = end;
      }
    }
    if (rest.length > 0) yield { some: [rest], first };
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

/** The next whole lines of a piece, and where they end. */
function linesFrom(piece: Buffer, start: number): { lines: Buffer[]; end: number } {
  const lines: Buffer[] = [];
  let from = start;
  for (let newline = piece.indexOf(NEWLINE, from); newline >= 0; newline = piece.indexOf(NEWLINE, from)) {
    lines.push(piece.subarray(from, newline));
    from = newline + 1;
    if (lines.length === TOGETHER) break;
  }
  return { lines, end: from };
}
