import type { Digest } from '../base/digest.ts';

/** The format's name and the version that this program writes (docs/format.md). */
export const FORMAT_NAME = 'indabundle';
export const FORMAT_VERSION = 1;

/** Capabilities that this reader knows; a bundle that requires another is refused. */
export const KNOWN_CAPABILITIES: readonly string[] = [];

/** One shard of lines: where it is, and what proves it. */
export interface Shard {
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Lines. */
  readonly count: number;
}

export interface Tally {
  /** How many different names there are. */
  readonly count: number;
  /** The most frequent ones, at most 50. */
  readonly top: readonly { readonly name: string; readonly images: number }[];
}

export interface Manifest {
  readonly format: {
    readonly name: 'indabundle';
    readonly version: number;
    readonly capabilities: readonly string[];
  };
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  readonly created: string;
  readonly generator: { readonly name: string; readonly version: string };
  readonly source: { readonly label: string };
  readonly export_id: string;
  readonly list_id?: string;
  readonly selection: { readonly words: string; readonly data: { readonly [key: string]: unknown } };
  readonly volume: { readonly number: number; readonly count: number; readonly export_id: string };
  readonly totals: { readonly records: number; readonly files: number; readonly payload_bytes: number };
  readonly summary: {
    readonly authors: Tally;
    readonly albums: Tally;
    readonly collections: Tally;
    readonly tags: Tally;
    readonly licenses: Tally;
    readonly dates: { readonly from?: string; readonly to?: string };
  };
  readonly records: readonly Shard[];
  readonly authors: readonly Shard[];
  readonly readme: { readonly digest: Digest; readonly size: number };
}

/** The columns of `images` that travel, under their own names. `sha256_hash` only without a file. */
export const IMAGE_COLUMNS = [
  'uuid',
  'url',
  'sha256_hash',
  'title',
  'description',
  'author',
  'author_url',
  'license',
  'camera_make',
  'camera_model',
  'focal_length',
  'aperture',
  'shutter_speed',
  'taken_date',
  'upload_date',
  'page_url',
] as const;

export type ImageColumn = (typeof IMAGE_COLUMNS)[number];
/** Those that are links: nothing but http and https may stand in them. */
export const LINK_COLUMNS = ['url', 'page_url', 'author_url'] as const satisfies readonly ImageColumn[];

export type ImageColumns = { readonly [column in ImageColumn]?: string };

export interface FileReference {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Original base name. */
  readonly name: string;
  /** Seconds since 1970. */
  readonly mtime: number;
}

export interface TagLink {
  readonly name: string;
  readonly count?: number;
}

export interface AlbumLink {
  readonly album_id: string;
  readonly title?: string;
  readonly url?: string;
  readonly is_public?: number;
}

export interface CollectionLink {
  readonly collection_id: string;
  readonly title?: string;
  readonly url?: string;
  readonly is_public?: number;
}

export interface Note {
  readonly note: string;
  readonly created_date?: string;
  readonly updated_date?: string;
}

/** One image: a line of `records/*.jsonl`. */
export interface ImageRecord {
  readonly file?: FileReference;
  readonly image: ImageColumns;
  readonly tags: readonly TagLink[];
  readonly albums: readonly AlbumLink[];
  readonly collections: readonly CollectionLink[];
  readonly notes?: readonly Note[];
  readonly marked?: { readonly marked_date?: string };
}

/** One author: a line of `authors/*.jsonl`. */
export interface AuthorRecord {
  readonly author: string;
  readonly details?: { readonly [column: string]: string | number };
  readonly favorite?: boolean;
}

export const OMISSION_REASONS = [
  'missing',
  'unreadable',
  'changed',
  'mismatch',
  'too-large',
  'unknown',
  'no-file',
] as const;

/** Why a file that was asked for is not in the bundle. */
export type OmissionReason = (typeof OMISSION_REASONS)[number];

export interface PackedLine {
  readonly path: string;
  readonly digest: Digest;
  readonly size: number;
  /** Of the entry's header in the uncompressed tar. */
  readonly offset: number;
}

export interface OmittedLine {
  readonly omitted: OmissionReason;
  readonly digest?: Digest;
  readonly url?: string;
  readonly detail?: string;
}

/** A line of `index.jsonl`. */
export type IndexLine = PackedLine | OmittedLine;

export interface Located {
  readonly digest: Digest;
  readonly size: number;
  readonly offset: number;
}

/** `end.json`. */
export interface End {
  readonly manifest: Digest;
  readonly index: Located;
  readonly sums: Located;
  readonly files: number;
  readonly omitted: { readonly [reason in OmissionReason]?: number };
}

/** The first document of a catalogue (docs/catalog.md). */
export interface CatalogHead {
  readonly format: {
    readonly name: 'indacatalog';
    readonly version: number;
    readonly capabilities: readonly string[];
  };
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  readonly created: string;
  readonly generator: { readonly name: string; readonly version: string };
  readonly source: { readonly label: string };
  readonly images: number;
}

/** The last document of a catalogue: one without it is cut short. */
export interface CatalogEnd {
  readonly end: {
    readonly images: number;
    /** Of all bytes before the frame that holds this. */
    readonly digest: Digest;
  };
}

export type CatalogDocument = CatalogHead | CatalogEnd;

/** The first line of a request (docs/catalog.md, "Requests"). */
export interface RequestHead {
  readonly format: {
    readonly name: 'indarequest';
    readonly version: number;
    readonly capabilities: readonly string[];
  };
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`. */
  readonly created: string;
  readonly generator: { readonly name: string; readonly version: string };
  readonly list_id: string;
  /** Rows of the asker's list. */
  readonly images: number;
  /** Of the wanted files whose size is known. */
  readonly bytes: number;
}

export interface RequestHashes {
  readonly hashes: readonly Digest[];
}

export interface RequestUrls {
  readonly urls: readonly string[];
}

/** The last line of a request. */
export interface RequestEnd {
  readonly end: {
    readonly wants: number;
    /** Of all bytes before this line. */
    readonly digest: Digest;
  };
}

export type RequestLine = RequestHead | RequestHashes | RequestUrls | RequestEnd;
