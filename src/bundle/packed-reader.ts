import type { Digest } from '../base/digest.ts';
import { type FindingList, type Place, Refused } from '../base/findings.ts';
import type { ByteSource } from './byte-source.ts';
import { DecodedFrames, type Frame, type FrameSkip } from './decoded-frames.ts';
import { entriesOf, type Entry, type EntryReader } from './entry.ts';
import { type EntryKind, entryKind, isUnsafeName } from './entry-names.ts';
import type { FrameScanner, ScannedEntry } from './frames-ahead.ts';
import { LongEntry } from './long-entry.ts';
import type { SeekIndex } from './seek-index.ts';
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

type EntryHeader = TarHeader & { readonly kind: EntryKind } & Partial<ScannedEntry>;

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

  /** Has frames looked at ahead of their turn from now on; `seeks` is what the seek table says of them. */
  scanWith(scanner: FrameScanner, seeks: SeekIndex | null = null): void {
    this.#frames.scanWith(scanner, seeks);
  }

  /** Bytes of the file that were read or passed over. */
  get position(): number {
    return this.#frames.position;
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  async *batches(): AsyncGenerator<readonly Entry[]> {
    for (;;) {
      const frame = await this.#frames.next();
      if (frame === null) return;
      if (this.#endIsCut) throw this.#behindTheEnd();
      if (frame === 'damaged') this.#lost = true;
      else yield* this.#batchesOf(frame);
    }
  }

  entries(): AsyncGenerator<Entry> {
    return entriesOf(this);
  }

  async *#batchesOf(frame: Frame): AsyncGenerator<readonly Entry[]> {
    const whole: Entry[] = [];
    let refused: Refused | null = null;
    let long: EntryHeader | null = null;
    try {
      long = this.#takeWhole(frame, whole);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused = error;
    }
    if (whole.length > 0) yield whole;
    if (refused !== null) throw refused;
    if (long !== null) yield* this.#longEntry(frame, long);
  }

  /** Takes the entries that lie whole in the frame; returns the header of one that begins it and goes on in the next. */
  #takeWhole(frame: Frame, whole: Entry[]): EntryHeader | null {
    const { content, entries } = frame;
    for (let at = 0; at < content.length; ) {
      const known = entries[whole.length] ?? null;
      const header = this.#readHeader(frame, at, known);
      if (header === null) return null;
      const end = at + BLOCK + padded(header.size);
      if (end > content.length) {
        if (at === 0) return header;
        this.#frames.damaged(frame, 'an entry that ends in its frame', header.name);
        return null;
      }
      whole.push(new WholeEntry(frame, at, header));
      at = end;
    }
    return null;
  }

  /** Null when the rest of the frame holds no entry: its end blocks, or damage. */
  #readHeader(frame: Frame, at: number, known: ScannedEntry | null): EntryHeader | null {
    if (known !== null) {
      this.#lost = false;
      return known;
    }
    const header = readHeader(frame.content, at);
    if (typeof header !== 'string') {
      this.#lost = false;
      const kind = entryKind(header.name);
      if (kind === null) throw this.#refuseName(header.name, frame);
      return { ...header, kind };
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
    const where = placeOf(frame, rawName(frame.content, at));
    return new Refused('entry-type-forbidden', where, {
      expected: 'a plain file, as indabundle writes it',
      found,
    });
  }

  #refuseName(name: string, frame: Frame): Refused {
    const code = isUnsafeName(name) ? 'entry-name-unsafe' : 'entry-unexpected';
    return new Refused(code, placeOf(frame, name), {
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
      throw new Refused('trailing-data', placeOf(frame), {
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

  /** What is not asked for of such an entry is read and dropped before the next one. */
  async *#longEntry(frame: Frame, header: EntryHeader): AsyncGenerator<readonly Entry[]> {
    const entry = new LongEntry(this.#frames, frame, header);
    const place = placeOf(frame, header.name);
    yield [{ ...header, place, tarOffset: tarOffsetOf(frame, 0), whole: null, pieces: () => entry.pieces() }];
    if (!(await entry.drain())) this.#lost = true;
  }
}

function placeOf({ number, offset }: Frame, entry?: string): Place {
  return { ...(entry === undefined ? {} : { entry }), frame: number, offset };
}

const tarOffsetOf = ({ tarOffset }: Frame, at: number) => (tarOffset === null ? null : tarOffset + at);

/** An entry that lies whole in its frame. There are very many of them: what few ask for is made when it is asked for. */
class WholeEntry implements Entry {
  readonly name: string;
  readonly kind: EntryKind;
  readonly size: number;
  readonly mtime: number;
  readonly digest: Digest | null;
  readonly details: unknown;
  readonly #frame: Frame;
  readonly #at: number;

  constructor(frame: Frame, at: number, { name, kind, size, mtime, digest, details }: EntryHeader) {
    this.name = name;
    this.kind = kind;
    this.size = size;
    this.mtime = mtime;
    this.digest = digest ?? null;
    this.details = details ?? null;
    this.#frame = frame;
    this.#at = at;
  }

  get place(): Place {
    return placeOf(this.#frame, this.name);
  }

  get tarOffset(): number | null {
    return tarOffsetOf(this.#frame, this.#at);
  }

  get whole(): Buffer {
    const start = this.#at + BLOCK;
    return this.#frame.content.subarray(start, start + this.size);
  }

  async *pieces(): AsyncGenerator<Buffer> {
    yield this.whole;
  }
}
