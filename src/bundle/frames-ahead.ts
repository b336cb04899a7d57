import type { Digest } from '../base/digest.ts';
import type { ByteCursor } from './byte-cursor.ts';
import type { FrameClaim } from './claimed-frame.ts';
import type { EntryKind } from './entry-names.ts';
import type { FramePiece, FrameReader } from './frame-reader.ts';
import type { SeekIndex } from './seek-index.ts';
import type { TarHeader } from './tar-header.ts';

/** The header of an entry that lies whole in its frame, with what was found in its content. */
export interface ScannedEntry extends TarHeader {
  readonly kind: EntryKind;
  /** Null where nobody has hashed it. */
  readonly digest: Digest | null;
  /** Whatever else the scanner has found, for those who gave the scanner. */
  readonly details: unknown;
}

/** What was found in a frame. */
export interface FrameScan {
  readonly hasChecksum: boolean;
  /** The entries up to the first that is no whole plain one, or has a name that is not of the format. */
  readonly entries: readonly ScannedEntry[];
}

/** The content of a frame that others look at before its turn. */
export interface ScannedFrame {
  /** Holds what it should once `scan` has resolved to something. */
  readonly content: Buffer;
  /** Null where the frame is not what was said of it. */
  readonly scan: Promise<FrameScan | null>;
  /** Nobody looks at the content any more. */
  release(): void;
}

/** Looks at frames ahead of their turn, several at once. */
export interface FrameScanner {
  /** True while there is room for the content of another frame. */
  hasRoom(contentSize: number): boolean;
  /** Decodes a frame whose bytes are here, and has its content looked at; null for one that cannot be decoded. */
  scan(frame: Buffer, contentSize: number, hasChecksum: boolean): ScannedFrame | null;
  /** Has a frame of the file read and looked at; null where there is no reading it elsewhere. */
  read(claim: FrameClaim): ScannedFrame | null;
}

type FrameFacts = Omit<FramePiece & { readonly kind: 'frame' }, 'bytes' | 'kind' | 'hasChecksum'> & {
  readonly length: number;
};

/** A frame that was read ahead of its turn. */
export interface FrameAhead {
  readonly facts: FrameFacts;
  readonly scanned: ScannedFrame;
  readonly scan: FrameScan;
}

type Waiting = Omit<FrameAhead, 'scan'>;

/**
 * Has whole frames read ahead and looked at in threads while earlier ones have their turn. Where the
 * seek table says how long they are, the threads read them, too. At anything else (damage, the end, what
 * may be passed over, a table that does not tell the truth) it goes back to where that begins, so that
 * whoever reads frame by frame meets it in its turn.
 */
export class FramesAhead {
  readonly #cursor: ByteCursor;
  readonly #reader: FrameReader;
  readonly #scanner: FrameScanner;
  readonly #seeks: SeekIndex | null;
  readonly #waiting: Waiting[] = [];
  /** What comes behind those that wait is not to be read ahead. */
  #stopped = false;

  /** `cursor` must be that of a source that can seek; `seeks` is what its seek table says, if it has one. */
  constructor(cursor: ByteCursor, reader: FrameReader, scanner: FrameScanner, seeks: SeekIndex | null) {
    this.#cursor = cursor;
    this.#reader = reader;
    this.#scanner = scanner;
    this.#seeks = seeks;
  }

  /** Offset in the file of what comes next. */
  get position(): number {
    return this.#waiting[0]?.facts.offset ?? this.#cursor.offset;
  }

  /**
   * The next frame; null where the cursor stands at something that must be looked at frame by frame.
   * `isWanted` tells of the nth frame from here whether it will be read at all.
   */
  async next(isWanted: (nth: number) => boolean): Promise<FrameAhead | null> {
    while (!this.#stopped && isWanted(this.#waiting.length) && (await this.#readOne()));
    const next = this.#waiting[0];
    const scan = (await next?.scanned.scan) ?? null;
    if (next !== undefined && scan !== null) {
      this.#waiting.shift();
      return { ...next, scan };
    }
    this.drop();
    return null;
  }

  /** Goes back behind the last frame that was handed out. */
  drop(): void {
    if (this.#waiting.length > 0) this.#cursor.seek(this.position);
    for (const { scanned } of this.#waiting.splice(0)) releaseInTime(scanned);
    this.#stopped = false;
  }

  /** False where no other frame can be read ahead for now. */
  async #readOne(): Promise<boolean> {
    const claim = this.#seeks?.claimAt(this.#cursor.offset) ?? null;
    if (claim !== null && !this.#hasRoom(claim)) return false;
    const scanned = claim === null ? null : this.#scanner.read(claim);
    if (claim === null || scanned === null) return await this.#readHere();
    this.#waiting.push({ facts: claim, scanned });
    this.#cursor.seek(claim.offset + claim.length);
    return true;
  }

  async #readHere(): Promise<boolean> {
    const { offset } = this.#cursor;
    const piece = await this.#reader.next().catch(() => null); // whoever comes there will be told again
    if (piece?.kind !== 'frame') return this.#stopAt(offset);
    const { bytes, contentSize, hasChecksum } = piece;
    if (!this.#hasRoom(piece)) return false; // it stays in the window
    const scanned = this.#scanner.scan(bytes, contentSize, hasChecksum);
    if (scanned === null) return this.#stopAt(offset);
    this.#waiting.push({ facts: { offset, contentSize, length: bytes.length }, scanned });
    this.#cursor.consume(bytes.length);
    return true;
  }

  /** There is always room for one frame. */
  #hasRoom({ contentSize }: { readonly contentSize: number }): boolean {
    return this.#waiting.length === 0 || this.#scanner.hasRoom(contentSize);
  }

  #stopAt(offset: number): false {
    this.#cursor.seek(offset);
    this.#stopped = true;
    return false;
  }
}

/** The memory can be used again only when nobody looks at it. */
function releaseInTime({ scan, release }: ScannedFrame): void {
  void scan.then(release, release);
}
