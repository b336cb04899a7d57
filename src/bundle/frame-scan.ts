import zstd from 'zstd-napi/binding.js';
import { BLOCK, padded, readHeader, type TarHeader } from './tar-header.ts';

let decoder: zstd.DCtx | null = null;

/** Decodes a frame into `content`; false when it does not fill that exactly, or cannot be decoded. */
export function decodeFrame(frame: Buffer, content: Buffer): boolean {
  decoder ??= new zstd.DCtx();
  try {
    return decoder.decompress(content, frame) === content.length;
  } catch {
    return false;
  }
}

/** An entry that lies whole in a frame's content. */
export interface WholeEntry {
  readonly header: TarHeader;
  readonly content: Buffer;
}

/** The entries of a frame's content, up to the first that is not whole or not as we write it. */
export function* wholeEntries(content: Buffer): Generator<WholeEntry> {
  for (let at = 0; at < content.length; ) {
    const header = readHeader(content, at);
    if (typeof header === 'string') return;
    const end = at + BLOCK + padded(header.size);
    if (end > content.length) return;
    yield { header, content: content.subarray(at + BLOCK, at + BLOCK + header.size) };
    at = end;
  }
}
