import { BLOCK, padded, readHeader, type TarHeader } from './tar-header.ts';

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
