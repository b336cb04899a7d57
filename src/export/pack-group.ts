import { FrameEncoder, frameBound } from '../bundle/frame-encoder.ts';
import type { Coding } from '../bundle/frame-encoder.ts';
import { BLOCK, padded } from '../bundle/tar-header.ts';
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
export default function packGroup(job: GroupJob): PackedGroup {
  encoder ??= new FrameEncoder();
  const target = Buffer.from(job.frame, 0, groupMemory(job.files));
  const content = target.subarray(target.length - groupContentBytes(job.files));
  const { length, results } = packFiles(job.files, job.mtime, content);
  if (length === 0) return { results, contentBytes: 0, frameBytes: 0 };
  const frameBytes = encoder.encode(content.subarray(0, length), target, job.coding);
  return { results, contentBytes: length, frameBytes };
}
