import { type FindingList, Refused } from '../base/findings.ts';
import { MAX_FRAME_CONTENT } from '../base/limits.ts';
import { ByteCursor } from './byte-cursor.ts';
import type { ByteSource } from './byte-source.ts';
import { decodeFrame } from './decode-frame.ts';
import { type FramePiece, FrameReader, magicWithin } from './frame-reader.ts';
import {
  type ScannedFrame,
  type FrameAhead,
  type FrameScanner,
  FramesAhead,
  type ScannedEntry,
} from './frames-ahead.ts';
import type { SeekIndex } from './seek-index.ts';
import { FrameLengths, SEEK_TABLE_MAGIC, SKIPPABLE_HEADER_BYTES, seekTableAgrees } from './seek-table.ts';

/** Most frames fit into this; where one does not, memory for any is allocated at once. */
const USUAL_FRAME_CONTENT = 2 * 1024 * 1024;

/** One decoded frame; its content is valid until the next is asked for. */
export interface Frame {
  /** Counted from 0; a guess behind damage. */
  readonly number: number;
  readonly offset: number;
  readonly content: Buffer;
  /** False for stored payload, whose bytes nothing has proven yet. */
  readonly hasChecksum: boolean;
  /** Offset of the content in the uncompressed tar, null behind damage. */
  readonly tarOffset: number | null;
  /** Entries that are known already, from the start of the content on. */
  readonly entries: readonly ScannedEntry[];
}

/** Which frames may be passed over without being read. */
export interface FrameSkip {
  /** Given a frame number, the number and file offset of the frame to go on with, or null to read it. */
  (number: number): { readonly number: number; readonly offset: number; readonly tarOffset: number } | null;
}

/** The frames of a bundle one after the other, and what may stand behind them: the seek table. */
export class DecodedFrames {
  /** Frames read so far, as they really are. */
  readonly lengths = new FrameLengths();
  /** Set by who reads the tar, at its end blocks: only the seek table may follow. */
  tarEnded = false;

  readonly #cursor: ByteCursor;
  readonly #reader: FrameReader;
  readonly #findings: FindingList;
  #content = Buffer.alloc(0);
  #skip: FrameSkip | null = null;
  #ahead: FramesAhead | null = null;
  /** The frame that was handed out last, where it came from elsewhere. */
  #scanned: ScannedFrame | null = null;
  #number = 0;
  #tarOffset: number | null = 0;
  #behindDamage = false;
  #skipped = false;
  #sawSeekTable = false;
  #finished = false;

  constructor(source: ByteSource, findings: FindingList) {
    this.#cursor = new ByteCursor(source);
    this.#reader = new FrameReader(this.#cursor);
    this.#findings = findings;
  }

  /** Bytes of the file that were read or passed over. */
  get position(): number {
    return this.#ahead?.position ?? this.#cursor.offset;
  }

  /** Set by who knows from a seek table which frames are not needed. */
  set skip(skip: FrameSkip | null) {
    this.#ahead?.drop();
    this.#skip = skip;
  }

  /** From now on whole frames are looked at ahead of their turn, where the source can seek; `seeks` may tell where they are. */
  scanWith(scanner: FrameScanner, seeks: SeekIndex | null): void {
    if (!this.#cursor.source.seekable) return;
    this.#ahead = new FramesAhead(this.#cursor, this.#reader, scanner, seeks);
  }

  /** Reads and decodes the next frame; null at the end of the input, where the end is checked. */
  async next(): Promise<Frame | 'damaged' | null> {
    this.#scanned?.release();
    this.#scanned = null;
    if (this.#finished) return null;
    this.#skipFrames();
    const ahead = (await this.#ahead?.next((nth) => !this.#skip?.(this.#number + nth))) ?? null;
    const frame = ahead === null ? await this.#take(await this.#reader.next()) : this.#takeAhead(ahead);
    this.#finished = frame === null;
    this.#behindDamage = frame === 'damaged';
    return frame;
  }

  /** Reports a frame that is not as it should be. */
  damaged(frame: { number: number; offset: number }, expected: string, found: string): void {
    const where = { frame: frame.number, offset: frame.offset };
    this.#findings.add({ code: 'frame-damaged', gravity: 'damage', where, expected, found });
  }

  async #take(piece: FramePiece): Promise<Frame | 'damaged' | null> {
    switch (piece.kind) {
      case 'frame': {
        if (this.tarEnded) throw this.#trailing(piece.offset, 'a frame');
        const frame = this.#decode(piece);
        this.lengths.add({ compressed: piece.bytes.length, content: piece.contentSize });
        this.#cursor.consume(
          frame === 'damaged' ? await this.#ownLength(piece.bytes.length) : piece.bytes.length,
        );
        return frame;
      }
      case 'skippable':
        return await this.#skippable(piece.offset, piece.magic, piece.contentBytes);
      case 'damaged': {
        const { code, offset, expected, found } = piece;
        if (this.tarEnded) throw this.#trailing(offset, found);
        this.#findings.add({
          code,
          gravity: 'damage',
          where: { frame: this.#number, offset },
          expected,
          found,
        });
        this.#tarOffset = null;
        this.#number += 1;
        return 'damaged';
      }
      case 'cut':
        return this.#truncated(piece.offset);
      case 'end':
        return this.tarEnded && this.#sawSeekTable ? null : this.#truncated(piece.offset);
    }
  }

  #takeAhead({ facts, scanned, scan }: FrameAhead): Frame {
    const { offset, contentSize, length } = facts;
    this.#scanned = scanned;
    if (this.tarEnded) throw this.#trailing(offset, 'a frame');
    this.lengths.add({ compressed: length, content: contentSize });
    return { ...this.#place(facts), content: scanned.content, ...scan };
  }

  /** A damaged block header can lead into the next frames: the first of them ends this one. */
  async #ownLength(length: number): Promise<number> {
    await this.#cursor.ensure(length + 3);
    const next = magicWithin(this.#cursor.bytes.subarray(0, length + 3));
    if (next < 0) return length;
    if (next !== length) this.#tarOffset = null;
    return next;
  }

  #skipFrames(): void {
    const target = this.#skip?.(this.#number);
    if (!target) return; // nothing waits that was read ahead: what is passed over ends that
    this.#cursor.seek(target.offset);
    this.#number = target.number;
    this.#tarOffset = target.tarOffset;
    this.#skipped = true;
  }

  #decode(piece: FramePiece & { kind: 'frame' }): Frame | 'damaged' {
    const { contentSize, hasChecksum } = piece;
    const place = this.#place(piece);
    const content = this.#roomFor(contentSize);
    const decoded = decodeFrame(piece.bytes, content);
    if (decoded === contentSize) return { ...place, content, hasChecksum, entries: [] };
    if (typeof decoded === 'string') this.damaged(place, 'a frame that can be decompressed', decoded);
    else this.damaged(place, `${contentSize} bytes of content`, `${decoded} bytes`);
    return 'damaged';
  }

  /** Counts a frame, and tells where it stands. */
  #place({ offset, contentSize }: { readonly offset: number; readonly contentSize: number }) {
    const place = { number: this.#number, offset, tarOffset: this.#tarOffset };
    this.#number += 1;
    if (this.#tarOffset !== null) this.#tarOffset += contentSize;
    return place;
  }

  #roomFor(contentSize: number): Buffer {
    if (this.#content.length < contentSize)
      this.#content = Buffer.allocUnsafeSlow(
        contentSize <= USUAL_FRAME_CONTENT ? USUAL_FRAME_CONTENT : MAX_FRAME_CONTENT,
      );
    return this.#content.subarray(0, contentSize);
  }

  async #skippable(offset: number, magic: number, contentBytes: number): Promise<null> {
    if (!this.tarEnded) {
      // The frame that was damaged can have been the last one: then the end is what is lost.
      if (this.#behindDamage && magic === SEEK_TABLE_MAGIC) return this.#truncated(offset);
      const detail = { expected: 'a frame of the tar', found: 'a skippable frame' };
      throw new Refused('entry-unexpected', { offset }, detail);
    }
    if (magic !== SEEK_TABLE_MAGIC) throw this.#trailing(offset, `magic 0x${magic.toString(16)}`);
    if (!(await this.#passSeekTable(offset, SKIPPABLE_HEADER_BYTES + contentBytes))) {
      return this.#truncated(offset);
    }
    this.#sawSeekTable = true;
    const rest = await this.#reader.next();
    if (rest.kind !== 'end') throw this.#trailing(rest.offset, 'more bytes');
    return null;
  }

  /** False when the input ends before the table does. */
  async #passSeekTable(offset: number, length: number): Promise<boolean> {
    if (this.#skipped) return this.#passUnreadTable(offset + length);
    const most = SKIPPABLE_HEADER_BYTES + (this.#number + 2) * 12;
    if (length > most) {
      const detail = { expected: `at most ${most} bytes`, found: `${length} bytes` };
      throw new Refused('seek-table-wrong', { offset }, detail);
    }
    if (!(await this.#cursor.ensure(length))) return false;
    const table = this.#cursor.bytes.subarray(0, length);
    if (this.#tarOffset !== null && !seekTableAgrees(table, this.lengths)) {
      const detail = { expected: 'the frames as they are', found: 'others' };
      this.#findings.add({ code: 'seek-table-wrong', gravity: 'damage', where: { offset }, ...detail });
    }
    this.#cursor.consume(length);
    return true;
  }

  /** Where frames were passed over, the table cannot be held against them: it is not read, whatever its size. */
  #passUnreadTable(end: number): boolean {
    if (end > (this.#cursor.source.size ?? 0)) return false;
    this.#cursor.seek(end);
    return true;
  }

  #trailing(offset: number, found: string): Refused {
    return new Refused('trailing-data', { offset }, { expected: 'the end', found });
  }

  #truncated(offset: number): null {
    const where = { frame: this.#number, offset };
    const detail = { expected: 'more of the bundle', found: 'the end of the input' };
    this.#findings.add({ code: 'truncated', gravity: 'damage', where, ...detail });
    this.#cursor.consume(this.#cursor.available);
    return null;
  }
}
