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

/** Tags, albums and collections by natural key, each once. */
export function recordLinks(record: ImageRecord): Links {
  return {
    tags: unique(record.tags.map(({ name, ...values }) => ({ key: name, values: defined(values) }))),
    albums: unique(
      record.albums.map(({ album_id, ...values }) => ({ key: album_id, values: defined(values) })),
    ),
    collections: unique(
      record.collections.map(({ collection_id, ...values }) => ({
        key: collection_id,
        values: defined(values),
      })),
    ),
  };
}

function unique<T extends { readonly key: string }>(targets: readonly T[]): T[] {
  return [...new Map(targets.map((target) => [target.key, target])).values()];
}

/** The columns that a bundle may name at all: what else a record carries stays out of SQL. */
const LINK_COLUMNS = new Set(['count', 'title', 'url', 'is_public']);

function defined(values: { readonly [column: string]: string | number | undefined }): {
  [column: string]: string | number;
} {
  const result: { [column: string]: string | number } = {};
  for (const [column, value] of Object.entries(values)) {
    if (value !== undefined && LINK_COLUMNS.has(column)) result[column] = value;
  }
  return result;
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
