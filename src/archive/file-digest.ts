import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Digest } from '../base/digest.ts';

const PIECE_BYTES = 1024 * 1024;
/** Most photos of the site are no larger than this, and are read in one go. */
const FIRST_BYTES = 128 * 1024;

export interface HashedFile {
  readonly digest: Digest;
  readonly size: number;
  /** The first bytes of the file, at most 4 KiB, and the last. */
  readonly head: Buffer;
  readonly tail: Buffer;
}

const EDGE_BYTES = 4096;

/** Reads a file once, from first to last. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<HashedFile> {
  const handle = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    let buffer = Buffer.allocUnsafe(FIRST_BYTES);
    let size = 0;
    let head: Buffer = Buffer.alloc(0);
    let tail: Buffer = Buffer.alloc(0);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, size);
      if (bytesRead === 0) break;
      const piece = buffer.subarray(0, bytesRead);
      hash.update(piece);
      if (size === 0) head = Buffer.from(piece.subarray(0, EDGE_BYTES));
      tail = Buffer.concat([tail, piece.subarray(-EDGE_BYTES)]).subarray(-EDGE_BYTES);
      size += bytesRead;
      if (bytesRead === FIRST_BYTES && buffer.length === FIRST_BYTES)
        buffer = Buffer.allocUnsafe(PIECE_BYTES);
    }
    return { digest: hash.digest('hex'), size, head, tail };
  } finally {
    await handle.close();
  }
}

/** The digest of a file; null where there is none that can be read. */
export async function hashOrNull(path: string, signal?: AbortSignal): Promise<Digest | null> {
  try {
    return (await hashFile(path, signal)).digest;
  } catch (error) {
    if (/^(ENOENT|EACCES|EPERM|EISDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
