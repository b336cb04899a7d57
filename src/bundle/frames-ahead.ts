import type { Digest } from '../base/digest.ts';
import type { ByteCursor } from './byte-cursor.ts';
import type { FramePiece, FrameReader } from './frame-reader.ts';
import type { TarHeader } from './tar-header.ts';

/** The header of an entry that lies whole in its frame, and the digest of its content where it is a photo. */
export interface ScannedEntry extends TarHeader {
  readonly digest: Digest | null;
}

/** The content of a frame that others look at before its turn. */
export interface ScannedFrame {
  readonly content: Buffer;
  /** The entries up to the first that is no whole plain one. */
  readonly entries: Promise<readonly ScannedEntry[]>;
  /** Nobody looks at the content any more. */
  release(): void;
}

/** Looks at frames ahead of their turn, several at once. */
export interface FrameScanner {
  /** True while there is room for the content of another frame. */
  hasRoom(contentSize: number): boolean;
  /** Decodes the frame, and has its content looked at; null for a frame that cannot be decoded. */
  scan(frame: Buffer, contentSize: number): ScannedFrame | null;
}

type WholeFrame = FramePiece & { readonly kind: 'frame' };

/** A frame that was read ahead of its turn. */
export interface FrameAhead {
  readonly piece: Omit<WholeFrame, 'bytes'> & { readonly length: number };
  readonly scanned: ScannedFrame;
  readonly entries: readonly ScannedEntry[];
}

type Waiting = Omit<FrameAhead, 'entries'>;

/**
 * Reads whole frames ahead and has them looked at in threads while earlier ones have their turn. At
 * anything else (damage, the end, what may be passed over) it goes back to where that begins, so that
 * whoever reads frame by frame meets it in its turn.
 */
export class FramesAhead {
  readonly #cursor: ByteCursor;
  readonly #reader: FrameReader;
  readonly #scanner: FrameScanner;
  readonly #waiting: Waiting[] = [];
  /** What comes behind those that wait is not to be read ahead. */
  #stopped = false;

  /** `cursor` must be that of a source that can seek. */
  constructor(cursor: ByteCursor, reader: FrameReader, scanner: FrameScanner) {
    this.#cursor = cursor;
    this.#reader = reader;
    this.#scanner = scanner;
  }

  /** Offset in the file of what comes next. */
  get position(): number {
    return this.#waiting[0]?.piece.offset ?? this.#cursor.offset;
  }

  /**
   * The next frame; null where the cursor stands at something that must be looked at frame by frame.
   * `isWanted` tells of the nth frame from here whether it will be read at all.
   */
  async next(isWanted: (nth: number) => boolean): Promise<FrameAhead | null> {
    await this.#readAhead(isWanted);
    const next = this.#waiting.shift();
    if (next !== undefined) return { ...next, entries: await next.scanned.entries };
    this.#stopped = false;
    return null;
  }

  /** Goes back behind the last frame that was handed out. */
  drop(): void {
    if (this.#waiting.length > 0) this.#cursor.seek(this.position);
    for (const { scanned } of this.#waiting.splice(0)) releaseInTime(scanned);
    this.#stopped = false;
  }

  async #readAhead(isWanted: (nth: number) => boolean): Promise<void> {
    while (!this.#stopped && isWanted(this.#waiting.length)) {
      const { offset } = this.#cursor;
      const piece = await this.#reader.next().catch(() => null); // whoever comes there will be told again
      if (piece?.kind !== 'frame') return this.#stopAt(offset);
      const { bytes, contentSize, hasChecksum } = piece;
      if (this.#waiting.length > 0 && !this.#scanner.hasRoom(contentSize)) return; // it stays in the window
      const scanned = this.#scanner.scan(bytes, contentSize);
      if (scanned === null) return this.#stopAt(offset);
      const facts = { kind: 'frame', offset, contentSize, hasChecksum, length: bytes.length } as const;
      this.#waiting.push({ piece: facts, scanned });
      this.#cursor.consume(bytes.length);
    }
  }

  #stopAt(offset: number): void {
    this.#cursor.seek(offset);
    this.#stopped = true;
  }
}

/** The memory can be used again only when nobody looks at it. */
function releaseInTime({ entries, release }: ScannedFrame): void {
  void entries.then(release, release);
}
