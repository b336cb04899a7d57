import { createHash } from 'node:crypto';
import { type Finding, FindingList, Refused } from '../../src/base/findings.ts';
import { BundleWriter } from '../../src/bundle/bundle-writer.ts';
import type { ByteSink } from '../../src/bundle/byte-sink.ts';
import type { ByteSource } from '../../src/bundle/byte-source.ts';
import { EntryDamaged } from '../../src/bundle/entry.ts';
import { payloadName } from '../../src/bundle/entry-names.ts';
import { type Coding, FRAME_BOUND, FrameEncoder } from '../../src/bundle/frame-encoder.ts';
import { PackedReader } from '../../src/bundle/packed-reader.ts';
import { encodeSeekTable, FrameLengths } from '../../src/bundle/seek-table.ts';
import { BLOCK, padded, writeHeader } from '../../src/bundle/tar-header.ts';

export const MTIME = Date.UTC(2025, 2, 15) / 1000;

export const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/** Bytes that do not compress, the same for the same seed. */
export function noise(size: number, seed = 1): Buffer {
  const content = Buffer.allocUnsafe(size);
  let state = seed * 2654435761;
  for (let at = 0; at < size; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    content[at] = state >>> 24;
  }
  return content;
}

export class MemorySink implements ByteSink {
  readonly chunks: Buffer[] = [];
  async write(bytes: Buffer): Promise<void> {
    this.chunks.push(Buffer.from(bytes));
  }
  async truncate(length: number): Promise<boolean> {
    const kept = this.bytes().subarray(0, length);
    this.chunks.splice(0, this.chunks.length, Buffer.from(kept));
    return true;
  }
  async finish(): Promise<void> {}
  async abandon(): Promise<void> {}
  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

/** Hands out at most `step()` bytes a time, as a slow pipe does. */
export class MemorySource implements ByteSource {
  readonly label = 'memory';
  readonly seekable = true;
  readonly size: number;
  largestRead = 0;
  readonly #bytes: Buffer;
  readonly #step: () => number;
  #position = 0;

  constructor(bytes: Buffer, step: () => number = () => Infinity) {
    this.#bytes = bytes;
    this.size = bytes.length;
    this.#step = step;
  }

  async read(target: Buffer): Promise<number> {
    const end = Math.min(this.#bytes.length, this.#position + Math.max(1, this.#step()));
    const copied = this.#bytes.copy(target, 0, this.#position, end);
    this.#position += copied;
    this.largestRead = Math.max(this.largestRead, target.length);
    return copied;
  }

  async readAt(target: Buffer, position: number): Promise<number> {
    return this.#bytes.copy(target, 0, position);
  }

  seek(position: number): void {
    this.#position = position;
  }

  async close(): Promise<void> {}
}

export interface Part {
  readonly name: string;
  readonly content: Buffer;
  readonly coding?: Coding;
}

export const STORED: Coding = { kind: 'stored' };
export const COMPRESSED: Coding = { kind: 'compressed', level: 3 };

export const photo = (content: Buffer, coding: Coding = STORED): Part => ({
  name: payloadName(sha256(content), 'IMG.JPG'),
  content,
  coding,
});

export const text = (name: string, content: string): Part => ({ name, content: Buffer.from(content) });

/** The tar form of some entries, without end blocks. */
export function tarOf(parts: readonly Part[]): Buffer {
  const pieces = parts.map(({ name, content }) => {
    const block = Buffer.alloc(BLOCK + padded(content.length));
    writeHeader({ name, size: content.length, mtime: MTIME }, block, 0);
    content.copy(block, BLOCK);
    return block;
  });
  return Buffer.concat(pieces);
}

export function frameOf(content: Buffer, coding: Coding = COMPRESSED): Buffer {
  const target = Buffer.allocUnsafe(FRAME_BOUND);
  return Buffer.from(target.subarray(0, new FrameEncoder().encode(content, target, coding)));
}

/** A part for a frame of its own, or several that share one (the first one's coding). */
export type Layout = readonly (Part | readonly Part[])[];

/** A bundle as the writer lays it down; `end.json` is the last entry. */
export async function bundleOf(layout: Layout, end = '{}\n'): Promise<Buffer> {
  const sink = new MemorySink();
  const writer = new BundleWriter(sink, MTIME);
  for (const item of layout) {
    if ('name' in item) {
      await writer.writeEntry(item.name, item.content, item.coding ?? COMPRESSED);
    } else {
      const tar = tarOf(item);
      await writer.appendFrame(frameOf(tar, item[0]?.coding), tar.length);
    }
  }
  await writer.end('end.json', Buffer.from(end));
  return sink.bytes();
}

/** Frames of any content with a seek table that agrees: for bundles that no writer of ours makes. */
export function joined(frames: readonly { bytes: Buffer; content: number }[]): Buffer {
  const lengths = new FrameLengths();
  for (const { bytes, content } of frames) lengths.add({ compressed: bytes.length, content });
  return Buffer.concat([...frames.map((frame) => frame.bytes), encodeSeekTable(lengths)]);
}

export const framed = (content: Buffer, coding?: Coding) => ({
  bytes: frameOf(content, coding),
  content: content.length,
});

/** The offset of every frame of a bundle, and of its seek table, in file order. */
export function frameOffsets(bundle: Buffer): number[] {
  const frames = bundle.readUInt32LE(bundle.length - 9);
  let at = bundle.length - 9 - frames * 8;
  const offsets = [0];
  for (let n = 0; n < frames; n += 1, at += 8) offsets.push(offsets.at(-1)! + bundle.readUInt32LE(at));
  return offsets;
}

export interface Reading {
  /** Name and SHA-256 of every entry that was read to its end. */
  readonly whole: Record<string, string>;
  /** In order, with the place in the uncompressed tar. */
  readonly names: string[];
  readonly tarOffsets: (number | null)[];
  readonly findings: readonly Finding[];
  readonly codes: string[];
  readonly ended: boolean;
}

/** Reads everything and says what a consumer saw. */
export async function readAll(
  input: Buffer | ByteSource,
  limit = Infinity,
  prepare: (reader: PackedReader) => void = () => {},
): Promise<Reading> {
  const list = new FindingList();
  const reader = new PackedReader(Buffer.isBuffer(input) ? new MemorySource(input) : input, list);
  prepare(reader);
  const whole: Record<string, string> = {};
  const names: string[] = [];
  const tarOffsets: (number | null)[] = [];
  try {
    for await (const entry of reader.entries()) {
      names.push(entry.name);
      tarOffsets.push(entry.tarOffset);
      const hash = createHash('sha256');
      let read = 0;
      try {
        for await (const piece of entry.pieces()) {
          hash.update(piece);
          read += piece.length;
          if (read >= limit) break;
        }
        if (read === entry.size) whole[entry.name] = hash.digest('hex');
      } catch (error) {
        if (!(error instanceof EntryDamaged)) throw error;
      }
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    list.add(error.finding);
  }
  const codes = list.listed.map((finding) => finding.code);
  return { whole, names, tarOffsets, findings: list.listed, codes, ended: reader.ended };
}

/** What {@link Reading.whole} is when nothing is lost. */
export const digestsOf = (parts: readonly Part[]) =>
  Object.fromEntries(parts.map(({ name, content }) => [name, sha256(content)]));
