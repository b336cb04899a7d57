import type { Links } from '../archive/link-tables.ts';
import type { ImageValues } from '../archive/merge-rows.ts';
import { type AuthorRecord, IMAGE_COLUMNS, type ImageRecord } from '../manifest/types.ts';

/** A record's metadata as columns of `images`; `sha256_hash` is the proven digest of its file. */
export function imageValues(record: ImageRecord): { [column: string]: string } {
  const values: { [column: string]: string } = {};
  for (const column of IMAGE_COLUMNS) {
    const value = record.image[column];
    if (value !== undefined && column !== 'sha256_hash') values[column] = value;
  }
  return values;
}

/** What a new row holds: the metadata, and the file that was written for it. */
export function newImageValues(record: ImageRecord, localPath: string): ImageValues {
  return { ...imageValues(record), local_path: localPath, sha256_hash: record.file!.digest };
}

/** What may be filled in where NULL. The digest only where the local file is known to have it. */
export function fillValues(record: ImageRecord, fileAgrees: boolean): ImageValues {
  const values = imageValues(record);
  if (fileAgrees && record.file) values['sha256_hash'] = record.file.digest;
  return values;
}

/** What a record is linked to. Rows are looked at by the columns that they may have, whatever else is in a record. */
export function recordLinks({ tags, albums, collections }: ImageRecord): Links {
  return { tags, albums, collections } as object as Links;
}

/** The explorer shows these as links. */
const LINKED_DETAILS = new Set(['website', 'details_url', 'author_url']);

/** An author's details without addresses that a browser would run instead of opening: `javascript:` and its kin. */
export function authorDetails(author: AuthorRecord): { readonly [column: string]: string | number } {
  const details = Object.entries(author.details ?? {});
  return Object.fromEntries(
    details.filter(([column, value]) => !LINKED_DETAILS.has(column) || !hasForeignScheme(String(value))),
  );
}

/** Browsers pass over blanks and control characters within a scheme. */
function hasForeignScheme(address: string): boolean {
  const text = address.replaceAll(/[\u0000-\u0020]/g, '');
  return /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^https?:/i.test(text);
}
