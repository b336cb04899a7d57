import { createHash } from 'node:crypto';
import { breathe } from '../base/breathe.ts';
import { type Digest } from '../base/digest.ts';
import { Refused } from '../base/findings.ts';
import { MAX_LINE_BYTES } from '../base/limits.ts';
import type { Entry } from '../bundle/entry.ts';
import type { Expectation } from './index-check.ts';

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

/**
 * The lines of an entry of any length, some at a time, with the digest of all of it at the end. Those at its
 * beginning that are what was expected are not handed out.
 */
export class EntryLines {
  readonly #entry: Entry;
  readonly #hash = createHash('sha256');
  /** While more is expected. */
  #expectation: Expectation | null;
  /** Number of the next line, counted from 1. */
  #first = 1;
  /** A line, or what is to be shown together, that is not whole yet. */
  #rest: Buffer = NOTHING;

  constructor(entry: Entry, expectation: Expectation | null = null) {
    this.#entry = entry;
    this.#expectation = expectation !== null && expectation.bytes !== null ? expectation : null;
  }

  /** @throws Refused `limit-exceeded` for a line above 1 MiB */
  async *batches(): AsyncGenerator<SomeLines> {
    for await (const piece of this.#entry.pieces()) {
      this.#hash.update(piece);
      await breathe();
      yield* this.#linesIn(this.#expectation === null ? piece : this.#show(piece, this.#expectation));
    }
    yield* this.#linesIn(this.#takeRest());
    if (this.#rest.length > 0) yield { some: [this.#rest], first: this.#first };
  }

  /** Returns what is not as it was expected, with all that comes behind it. */
  #show(piece: Buffer, expectation: Expectation): Buffer {
    const wanted = expectation.bytes! - this.#rest.length;
    if (wanted > piece.length) return this.#keep(piece);
    let at = 0;
    if (this.#rest.length > 0) {
      const begun = this.#joined(piece.subarray(0, wanted));
      if (!this.#isExpected(begun, expectation)) return Buffer.concat([begun, piece.subarray(wanted)]);
      at = wanted;
    }
    while (expectation.bytes !== null && at + expectation.bytes <= piece.length) {
      const end = at + expectation.bytes;
      if (this.#isExpected(piece.subarray(at, end), expectation)) at = end;
    }
    const left = piece.subarray(at);
    return expectation.bytes === null ? left : this.#keep(left);
  }

  #isExpected(some: Buffer, expectation: Expectation): boolean {
    const lines = expectation.shown(some);
    this.#first += lines;
    if (expectation.bytes === null) this.#expectation = null;
    return lines > 0;
  }

  /** For the next piece to be put behind it. */
  #keep(piece: Buffer): Buffer {
    this.#rest = Buffer.concat([this.#takeRest(), piece]);
    return NOTHING;
  }

  async *#linesIn(piece: Buffer): AsyncGenerator<SomeLines> {
    for (let from = 0; from < piece.length; ) {
      await breathe();
      const { lines, end } = linesFrom(piece, from);
      if (lines.length === 0) {
        this.#keep(piece.subarray(from));
        this.#capped(this.#rest, this.#first);
        return;
      }
      lines[0] = this.#joined(lines[0]!);
      const first = this.#first;
      this.#first += lines.length;
      yield { some: lines.map((line, at) => this.#capped(line, first + at)), first };
      from = end;
    }
  }

  /** With what was left of an earlier piece before it. */
  #joined(piece: Buffer): Buffer {
    const rest = this.#takeRest();
    return rest.length === 0 ? piece : Buffer.concat([rest, piece]);
  }

  #takeRest(): Buffer {
    const rest = this.#rest;
    this.#rest = NOTHING;
    return rest;
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
