import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_END_BYTES } from '../base/limits.ts';
import type { FileSource } from '../bundle/byte-source.ts';
import { type FrameStart, readLastFrame, SeekIndex } from '../bundle/seek-index.ts';
import { BLOCK, readHeader } from '../bundle/tar-header.ts';
import { parseEnd } from '../manifest/parse.ts';
import type { End } from '../manifest/types.ts';

/** `end.json` from the last frame of a file; null when there is none to be had. */
export async function readEndOfFile(source: FileSource): Promise<End | null> {
  const content = await readLastFrame(source);
  if (content === null || content.length < BLOCK) return null;
  const header = readHeader(content, 0);
  if (typeof header === 'string' || header.name !== 'end.json') return null;
  return parseEnd(content.subarray(BLOCK, BLOCK + header.size)).value;
}

/** `end.json` of an unpacked folder; null when there is none to be had. */
export async function readEndOfFolder(path: string): Promise<End | null> {
  const bytes = await readFile(join(path, 'end.json')).catch(() => null);
  return bytes === null || bytes.length > MAX_END_BYTES ? null : parseEnd(bytes).value;
}

/** Where the index of a bundle file begins, by its own hints. */
export async function findIndex(
  source: FileSource,
): Promise<{ readonly seeks: SeekIndex; readonly start: FrameStart } | null> {
  const end = await readEndOfFile(source);
  const seeks = end === null ? null : await SeekIndex.load(source);
  return end === null || seeks === null ? null : { seeks, start: seeks.frameAt(end.index.offset) };
}
