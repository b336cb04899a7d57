import { JsonRefused, parseStrictJson } from '../base/strict-json.ts';
import type { SchemaName } from './compile-schema.ts';
import { schemaProblem } from './schema.ts';
import {
  type AuthorRecord,
  type CatalogDocument,
  type End,
  type ImageRecord,
  type IndexLine,
  LINK_COLUMNS,
  type Manifest,
  type RequestLine,
} from './types.ts';

/** What came out of bytes: a value that deeper code need not check again, or why there is none. */
export type Parsed<T> =
  | { readonly value: T; readonly problem: null }
  | { readonly value: null; readonly problem: string };

export const parseManifest = (bytes: Uint8Array): Parsed<Manifest> => parse('manifest', bytes, manifestRule);
export const parseRecord = (bytes: Uint8Array): Parsed<ImageRecord> => parse('record', bytes, recordRule);
export const parseAuthor = (bytes: Uint8Array): Parsed<AuthorRecord> => parse('author', bytes);
export const parseCatalogDocument = (bytes: Uint8Array): Parsed<CatalogDocument> => parse('catalog', bytes);
export const parseRequestLine = (bytes: Uint8Array): Parsed<RequestLine> => parse('request', bytes);
export const parseEnd = (bytes: Uint8Array): Parsed<End> => parse('end', bytes);

/** A line of the index as our writer makes it: nothing in it can be read in two ways, and the schema accepts it. */
const PACKED_LINE =
  /^\{"path":"([ !#-[\]-~]{1,100})","digest":"([0-9a-f]{64})","size":(0|[1-9]\d{0,8}),"offset":(0|[1-9]\d{0,14})\}$/;

export function parseIndexLine(bytes: Uint8Array): Parsed<IndexLine> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const packed = PACKED_LINE.exec(text);
  if (packed === null) return parse('index', bytes);
  const [, path, digest, size, offset] = packed as unknown as [string, string, string, string, string];
  return { value: { path, digest, size: Number(size), offset: Number(offset) }, problem: null };
}

function parse<T>(
  schema: SchemaName,
  bytes: Uint8Array,
  rule: (value: T) => string | null = () => null,
): Parsed<T> {
  let value: unknown;
  try {
    value = parseStrictJson(bytes);
  } catch (error) {
    if (!(error instanceof JsonRefused)) throw error;
    return { value: null, problem: `${error.message} (character ${error.offset + 1})` };
  }
  const problem = schemaProblem(schema, value) ?? rule(value as T);
  return problem === null ? { value: value as T, problem } : { value: null, problem };
}

/** Shards are numbered from 1 without gaps, and their counts add up to the totals. */
function manifestRule(manifest: Manifest): string | null {
  for (const kind of ['records', 'authors'] as const) {
    const wrong = manifest[kind].findIndex(
      (shard, at) => shard.path !== `${kind}/${String(at + 1).padStart(5, '0')}.jsonl`,
    );
    if (wrong >= 0) return `/${kind}/${wrong}/path is out of order`;
  }
  const records = manifest.records.reduce((sum, shard) => sum + shard.count, 0);
  if (records !== manifest.totals.records)
    return `/totals/records is ${manifest.totals.records}, the shards hold ${records}`;
  if (manifest.volume.number > manifest.volume.count) return '/volume/number is larger than /volume/count';
  if (manifest.volume.export_id !== manifest.export_id) return '/volume/export_id is not the export_id';
  return null;
}

/** The explorer shows these as links: nothing but http and https may become one. */
const HTTP = /^https?:\/\//i;

function recordRule(record: ImageRecord): string | null {
  for (const column of LINK_COLUMNS) {
    if (isBadLink(record.image[column])) return `/image/${column} is no http(s) address`;
  }
  for (const kind of ['albums', 'collections'] as const) {
    if (record[kind].some((item) => isBadLink(item.url)))
      return `/${kind} has a url that is no http(s) address`;
  }
  return null;
}

function isBadLink(value: string | undefined): boolean {
  return value !== undefined && value !== '' && !HTTP.test(value);
}
