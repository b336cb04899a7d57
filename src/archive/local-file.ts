import { type Digest, parseDigest } from '../base/digest.ts';
import { sizeAt } from '../base/status-at.ts';
import { hashOrNull } from './file-digest.ts';
import type { LocalImage } from './local-index.ts';
import { type PathMap, photoPath } from './photo-path.ts';

/** What a local row's file is to a record: the same bytes, other bytes that are whole, or nothing usable. */
export type LocalFile = 'same' | 'other' | 'unusable';

export interface FileExpectation {
  readonly digest: Digest;
  readonly size: number;
}

export interface FileCheckOptions {
  /** Hash the file even where its size and digest agree. */
  readonly always: boolean;
  readonly maps?: readonly PathMap[];
  readonly signal?: AbortSignal | undefined;
}

/** The size of the regular file that a row names, or null when there is none. */
export function localSize(
  root: string,
  row: Pick<LocalImage, 'local_path'>,
  maps: readonly PathMap[] = [],
): number | null {
  return row.local_path ? sizeAt(photoPath(root, row.local_path, maps)) : null;
}

/**
 * The same is a file of the expected size whose row has the record's digest. Where either differs (a
 * sender's size may be that of a file that was cut short there), or when asked to, the file is hashed.
 */
export async function checkLocalFile(
  root: string,
  row: LocalImage,
  expected: FileExpectation,
  options: FileCheckOptions,
): Promise<LocalFile> {
  const size = localSize(root, row, options.maps);
  if (size === null || (size === 0 && expected.size !== 0)) return 'unusable';
  const digest = parseDigest(row.sha256_hash);
  if (digest === expected.digest && size === expected.size && !options.always) return 'same';
  const found = await hashOrNull(photoPath(root, row.local_path!, options.maps), options.signal);
  if (found === null) return 'unusable';
  if (found === expected.digest) return 'same';
  return digest === null || found === digest ? 'other' : 'unusable';
}
