import { type Digest, parseDigest } from '../base/digest.ts';
import { type Identity, identityKeys, type ImageKey } from '../archive/identity.ts';
import { checkLocalFile } from '../archive/local-file.ts';
import type { LocalImage, LocalIndex } from '../archive/local-index.ts';
import type { FileReference, ImageRecord } from '../manifest/types.ts';

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

/** What tells which image a record is about, worked out once. */
export interface RecordKeys {
  readonly identity: Identity;
  readonly digest: Digest | null;
  /** The strongest first. */
  readonly keys: readonly ImageKey[];
}

export function recordKeys(record: ImageRecord): RecordKeys {
  const [identity, digest] = [recordIdentity(record), recordDigest(record)];
  return { identity, digest, keys: identityKeys(identity, digest) };
}

/** The rows that are the same image as a record. */
export function matchingRows(index: LocalIndex, { identity, digest, keys }: RecordKeys): LocalImage[] {
  return index.matches(identity, digest, keys);
}

/**
 * The table of docs/merging.md: banned before anything; then the `rows` that are the same image: one
 * with these bytes, else the lowest id without a usable file, else a conflict. A promise only where
 * files must be looked at.
 */
export function decide(
  record: ImageRecord,
  rows: readonly LocalImage[],
  { index, banned }: { readonly index: LocalIndex; readonly banned: BannedAuthors },
  options: DecideOptions,
): Decision | Promise<Decision> {
  const { author } = record.image;
  if (author !== undefined && banned.has(author)) return BANNED;
  const [first] = rows;
  if (record.file === undefined)
    return first === undefined ? METADATA_ONLY : { outcome: 'present', row: first };
  if (first === undefined) return index.canHold(recordIdentity(record)) ? ADDED : UNKNOWABLE;
  return decideByFiles(record.file, first, rows, options);
}

const BANNED: Decision = { outcome: 'banned' };
const METADATA_ONLY: Decision = { outcome: 'metadata-only' };
const ADDED: Decision = { outcome: 'added' };

async function decideByFiles(
  file: FileReference,
  first: LocalImage,
  rows: readonly LocalImage[],
  { root, checkLocal, signal }: DecideOptions,
): Promise<Decision> {
  let unusable: LocalImage | null = null;
  for (const row of likeliestFirst(rows, file.digest)) {
    const found = await checkLocalFile(root, row, file, { always: checkLocal, signal });
    if (found === 'same') return { outcome: 'present', row };
    if (found === 'unusable' && (unusable === null || row.id < unusable.id)) unusable = row;
  }
  return unusable === null ? { outcome: 'conflict', row: first } : { outcome: 'restored', row: unusable };
}

/** Rows whose digest agrees need no hashing, so they are asked first; within that, by id. */
function likeliestFirst(rows: readonly LocalImage[], digest: Digest): LocalImage[] {
  const agrees = (row: LocalImage) => (parseDigest(row.sha256_hash) === digest ? 0 : 1);
  return [...rows].sort((a, b) => agrees(a) - agrees(b) || a.id - b.id);
}
