import { FrameEncoder, frameBound } from '../bundle/frame-encoder.ts';
import type { Coding } from '../bundle/frame-encoder.ts';
import { BLOCK, padded, type TarHeader, writeHeader } from '../bundle/tar-header.ts';
import { type FileJob, type FileResult, packFiles } from './pack-frame.ts';

/** Files that share a frame, and the memory that the frame is to be written to. */
export interface GroupJob {
  readonly files: readonly FileJob[];
  readonly mtime: number;
  readonly coding: Coding;
  /** At least {@link groupMemory} bytes. */
  readonly frame: SharedArrayBuffer;
}

/** The frame that stands at the start of the memory; no bytes when every file was left out. */
export interface PackedGroup {
  readonly results: readonly FileResult[];
  readonly contentBytes: number;
  readonly frameBytes: number;
}

/** Bytes that the entries of these files take in the tar. */
function groupContentBytes(files: readonly { readonly size: number }[]): number {
  return files.reduce((sum, file) => sum + BLOCK + padded(file.size), 0);
}

/** Bytes that a frame of these files takes at most. */
export function groupMemory(files: readonly { readonly size: number }[]): number {
  return frameBound(groupContentBytes(files));
}

let encoder: FrameEncoder | null = null;

/** Reads, proves and encodes one frame, all in the memory that it is given. Runs in a worker thread, or in line; same bytes in both. */
export function packGroup(job: GroupJob): PackedGroup {
  const target = Buffer.from(job.frame, 0, groupMemory(job.files));
  const content = target.subarray(target.length - groupContentBytes(job.files));
  const { length, results } = packFiles(job.files, job.mtime, content);
  if (length === 0) return { results, contentBytes: 0, frameBytes: 0 };
  return {
    results,
    contentBytes: length,
    frameBytes: encode(content.subarray(0, length), target, job.coding),
  };
}

/** An entry that is all of a frame, and the memory that the frame is to be written to: the content lies at its end. */
export interface EntryJob {
  readonly entry: Pick<TarHeader, 'name' | 'size'>;
  readonly mtime: number;
  readonly coding: Coding;
  /** At least {@link entryMemory} bytes. */
  readonly frame: SharedArrayBuffer;
}

export interface PackedEntry {
  readonly contentBytes: number;
  readonly frameBytes: number;
}

export function entryMemory(size: number): number {
  return frameBound(BLOCK + padded(size));
}

/** Lays a content that is to be packed as an entry into memory for its frame. */
export function layEntry(content: Buffer, frame: SharedArrayBuffer): void {
  content.copy(entryIn(frame, content.length), BLOCK);
}

/** Encodes an entry in the memory that it is given. */
export function packEntry({ entry, mtime, coding, frame }: EntryJob): PackedEntry {
  const tar = entryIn(frame, entry.size);
  writeHeader({ ...entry, mtime }, tar, 0);
  tar.fill(0, BLOCK + entry.size);
  const target = Buffer.from(frame, 0, entryMemory(entry.size));
  return { contentBytes: tar.length, frameBytes: encode(tar, target, coding) };
}

/** Where an entry of this size lies in the memory of its frame, header and padding included. */
function entryIn(frame: SharedArrayBuffer, size: number): Buffer {
  const bytes = BLOCK + padded(size);
  return Buffer.from(frame, entryMemory(size) - bytes, bytes);
}

function encode(content: Buffer, target: Buffer, coding: Coding): number {
  encoder ??= new FrameEncoder();
  return encoder.encode(content, target, coding);
}
