import { type Digest, parseDigest } from '../base/digest.ts';
import type { Identity } from '../archive/identity.ts';
import { checkLocalFile } from '../archive/local-file.ts';
import type { LocalImage, LocalIndex } from '../archive/local-index.ts';
import type { ImageRecord } from '../manifest/types.ts';

/** What a record is to an archive, and which row it is about. */
export type Decision =
  | { readonly outcome: 'banned' | 'added' | 'metadata-only' }
  | { readonly outcome: 'failed'; readonly reason: string }
  | { readonly outcome: 'present' | 'restored' | 'conflict'; readonly row: LocalImage };

export interface DecideOptions {
  readonly root: string;
  readonly checkLocal: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Added once, it would be added again with every bundle. */
const UNKNOWABLE: Decision = {
  outcome: 'failed',
  reason: 'this archive has no column that would tell the picture again',
};

/** Authors whose pictures the receiver does not want; compared byte for byte. */
export type BannedAuthors = ReadonlySet<string>;

export function recordIdentity(record: ImageRecord): Identity {
  return { url: record.image.url ?? null, pageUrl: record.image.page_url ?? null };
}

/** The digest of the record's file, or what its metadata says of one. */
export function recordDigest(record: ImageRecord): Digest | null {
  return record.file?.digest ?? parseDigest(record.image.sha256_hash);
}

/**
 * The table of docs/merging.md: banned before anything; then the rows that are the same image: one
 * with these bytes, else the lowest id without a usable file, else a conflict.
 */
export async function decide(
  record: ImageRecord,
  index: LocalIndex,
  banned: BannedAuthors,
  options: DecideOptions,
  rows: readonly LocalImage[] = index.matches(recordIdentity(record), recordDigest(record)),
): Promise<Decision> {
  if (record.image.author !== undefined && banned.has(record.image.author)) return { outcome: 'banned' };
  if (record.file === undefined)
    return rows.length === 0 ? { outcome: 'metadata-only' } : { outcome: 'present', row: rows[0]! };
  if (rows.length === 0) return index.canHold(recordIdentity(record)) ? { outcome: 'added' } : UNKNOWABLE;
  let unusable: LocalImage | null = null;
  for (const row of likeliestFirst(rows, record.file.digest)) {
    const file = await checkLocalFile(options.root, row, record.file, {
      always: options.checkLocal,
      signal: options.signal,
    });
    if (file === 'same') return { outcome: 'present', row };
    if (file === 'unusable' && (unusable === null || row.id < unusable.id)) unusable = row;
  }
  return unusable === null ? { outcome: 'conflict', row: rows[0]! } : { outcome: 'restored', row: unusable };
}

/** Rows whose digest agrees need no hashing, so they are asked first; within that, by id. */
function likeliestFirst(rows: readonly LocalImage[], digest: Digest): LocalImage[] {
  const agrees = (row: LocalImage) => (parseDigest(row.sha256_hash) === digest ? 0 : 1);
  return [...rows].sort((a, b) => agrees(a) - agrees(b) || a.id - b.id);
}
