import { type FindingList, type Place, Refused } from '../base/findings.ts';
import type { ByteSource } from './byte-source.ts';
import { DecodedFrames, type Frame, type FrameSkip } from './decoded-frames.ts';
import type { Entry, EntryReader } from './entry.ts';
import { type EntryKind, entryKind, isUnsafeName } from './entry-names.ts';
import type { FrameScanner, ScannedEntry } from './frames-ahead.ts';
import { LongEntry } from './long-entry.ts';
import type { FrameLengths } from './seek-table.ts';
import {
  BLOCK,
  END_BLOCKS,
  type HeaderProblem,
  padded,
  rawName,
  readHeader,
  type TarHeader,
} from './tar-header.ts';

export type { FrameSkip } from './decoded-frames.ts';

interface EntryHeader extends TarHeader {
  readonly kind: EntryKind;
}

/**
 * Reads a packed bundle from its first byte to its last: frame by frame, entry by entry, holding
 * one frame at a time. Accepts the strict subset of zstd and tar that the writer produces.
 * Defects go to `findings`; what must not be read on is thrown as {@link Refused}.
 */
export class PackedReader implements EntryReader {
  readonly label: string;
  readonly #source: ByteSource;
  readonly #frames: DecodedFrames;
  /** Behind damage a frame may be the rest of a lost entry: it counts again from the next header on. */
  #lost = false;
  /** One zero block was seen where two should be: whatever follows is none of ours. */
  #endIsCut = false;

  constructor(source: ByteSource, findings: FindingList) {
    this.label = source.label;
    this.#source = source;
    this.#frames = new DecodedFrames(source, findings);
  }

  get ended(): boolean {
    return this.#frames.tarEnded;
  }

  /** Frames read so far, as they really are. */
  get frames(): FrameLengths {
    return this.#frames.lengths;
  }

  /** Set by who knows from a seek table which frames are not needed. */
  set skip(skip: FrameSkip | null) {
    this.#frames.skip = skip;
  }

  /** Has frames looked at ahead of their turn from now on. */
  scanWith(scanner: FrameScanner): void {
    this.#frames.scanWith(scanner);
  }

  /** Bytes of the file that were read or passed over. */
  get position(): number {
    return this.#frames.position;
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  async *entries(): AsyncGenerator<Entry> {
    for (;;) {
      const frame = await this.#frames.next();
      if (frame === null) return;
      if (this.#endIsCut) throw this.#behindTheEnd();
      if (frame === 'damaged') this.#lost = true;
      else yield* this.#entriesOf(frame);
    }
  }

  async *#entriesOf(frame: Frame): AsyncGenerator<Entry> {
    let at = 0;
    for (let nth = 0; at < frame.content.length; nth += 1) {
      const known = frame.entries[nth] ?? null;
      const header = this.#readHeader(frame, at, known);
      if (header === null) return;
      const end = at + BLOCK + padded(header.size);
      if (end <= frame.content.length) {
        yield this.#wholeEntry(frame, at, header, known);
        at = end;
      } else if (at === 0) {
        yield* this.#longEntry(frame, header);
        return;
      } else {
        this.#frames.damaged(frame, 'an entry that ends in its frame', header.name);
        return;
      }
    }
  }

  /** Null when the rest of the frame holds no entry: its end blocks, or damage. */
  #readHeader(frame: Frame, at: number, known: ScannedEntry | null): EntryHeader | null {
    const header = known ?? readHeader(frame.content, at);
    if (typeof header !== 'string') {
      this.#lost = false;
      const kind = entryKind(header.name);
      if (kind === null) throw this.#refuseName(header.name, frame);
      const { name, size, mtime } = header;
      return { name, size, mtime, kind };
    }
    if (this.#lost && at === 0 && (header === 'zero-block' || header === 'checksum')) return null;
    // The writer ends the tar in a frame with a checksum: zeros without one are a hole in the data.
    if (header === 'checksum' || (header === 'zero-block' && !frame.hasChecksum)) {
      this.#frames.damaged(frame, 'a tar header', `bytes that are none, at ${at} in the frame`);
      return null;
    }
    if (header === 'zero-block') return this.#endBlocks(frame, at);
    throw this.#refuseHeader(frame, at, header);
  }

  #refuseHeader(frame: Frame, at: number, problem: HeaderProblem): Refused {
    const found =
      problem === 'type' ? `type "${String.fromCharCode(frame.content[at + 156]!)}"` : 'other fields';
    const where = this.#place(frame, rawName(frame.content, at));
    return new Refused('entry-type-forbidden', where, {
      expected: 'a plain file, as indabundle writes it',
      found,
    });
  }

  #refuseName(name: string, frame: Frame): Refused {
    const code = isUnsafeName(name) ? 'entry-name-unsafe' : 'entry-unexpected';
    return new Refused(code, this.#place(frame, name), {
      expected: 'a name from the format',
      found: name,
    });
  }

  #endBlocks(frame: Frame, at: number): null {
    const rest = frame.content.subarray(at);
    const isZero = rest.every((byte) => byte === 0);
    if (isZero && rest.length < END_BLOCKS) {
      this.#endIsCut = true;
      return null;
    }
    if (!isZero || rest.length !== END_BLOCKS) {
      const found = `${rest.length} bytes from the first zero block on`;
      throw new Refused('trailing-data', this.#place(frame), {
        expected: 'two zero blocks and no more',
        found,
      });
    }
    this.#frames.tarEnded = true;
    return null;
  }

  #behindTheEnd(): Refused {
    const detail = { expected: 'two zero blocks', found: 'one, and another frame' };
    return new Refused('trailing-data', { offset: this.#frames.position }, detail);
  }

  #wholeEntry(frame: Frame, at: number, header: EntryHeader, known: ScannedEntry | null): Entry {
    const content = frame.content.subarray(at + BLOCK, at + BLOCK + header.size);
    return {
      ...this.#described(frame, at, header),
      digest: known?.digest ?? null,
      whole: content,
      async *pieces() {
        yield content;
      },
    };
  }

  /** What is not asked for of such an entry is read and dropped before the next one. */
  async *#longEntry(frame: Frame, header: EntryHeader): AsyncGenerator<Entry> {
    const entry = new LongEntry(this.#frames, frame, header);
    yield { ...this.#described(frame, 0, header), whole: null, pieces: () => entry.pieces() };
    if (!(await entry.drain())) this.#lost = true;
  }

  #described(frame: Frame, at: number, header: EntryHeader) {
    return {
      ...header,
      place: this.#place(frame, header.name),
      tarOffset: frame.tarOffset === null ? null : frame.tarOffset + at,
    };
  }

  #place(frame: Frame, entry?: string): Place {
    return { ...(entry === undefined ? {} : { entry }), frame: frame.number, offset: frame.offset };
  }
}
