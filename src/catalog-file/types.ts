import type { Digest } from '../base/digest.ts';

export const CATALOG_NAME = 'indacatalog';
export const CATALOG_VERSION = 1;

/** Capabilities that this reader knows. */
export const CATALOG_CAPABILITIES: readonly string[] = [];

/** One image of a catalogue: one row of an archive (docs/catalog.md, "An image"). */
export interface CatalogImage {
  /** The site's own number of the image, at most 15 digits; null where no address holds one. */
  readonly site: number | null;
  /** Only where it holds no site image id, or where there is no digest to ask by. */
  readonly url: string | null;
  /** Only where it holds no site image id. */
  readonly pageUrl: string | null;
  readonly digest: Digest | null;
  /** False when the row names no usable file. */
  readonly here: boolean;
  /** Bytes of the file; null where it is not here or was not looked at. */
  readonly size: number | null;
  /** How large the site says the picture is: 3 for `_xxl`, 2 for `_xl`, 1 for `_l`, else 0. */
  readonly rank: number;
  readonly author: string | null;
}

/** What each byte of a frame's content that comes first says that the rest is. */
export const COLUMN = {
  head: 0x48, // H
  flags: 0x46, // F
  sites: 0x49, // I
  digests: 0x44, // D
  sizes: 0x53, // S
  names: 0x41, // A
  authors: 0x4e, // N
  addresses: 0x55, // U
  end: 0x45, // E
} as const;

/** The columns of a group, in their order. */
export const GROUP_COLUMNS = ['flags', 'sites', 'digests', 'sizes', 'names', 'authors', 'addresses'] as const;

export type GroupColumn = (typeof GROUP_COLUMNS)[number];

/** One byte of flags an image. */
export const FLAG = { site: 1, digest: 2, here: 4, size: 8, url: 64, page: 128 } as const;
export const RANK_SHIFT = 4;
export const RANK_MASK = 3;
