import type { Observer } from '../base/events.ts';
import type { CatalogImage } from '../catalog-file/types.ts';

export type { CatalogImage } from '../catalog-file/types.ts';

export interface DiffOptions {
  /** A bundle, a folder of volumes, a catalogue, or a database (or the folder of one). */
  readonly a: string;
  readonly b: string;
  /** The folder that relative `local_path`s of a database start from. */
  readonly root?: string;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

export type SideKind = 'database' | 'catalog' | 'bundle' | 'series';

/** What one of the two has in all. */
export interface Side {
  readonly path: string;
  readonly kind: SideKind;
  /** What its owner calls it; null for a database. */
  readonly label: string | null;
  readonly images: number;
  /** Images with their photo. */
  readonly photos: number;
}

/**
 * `only`: an image that the other side does not have; `photo`: the other has the image without its
 * photo, or with less of it; `other`: both have a photo, and it is not the same; `unknown`: both
 * have one, and nobody has taken its digest.
 */
export type DifferenceKind = 'only' | 'photo' | 'other' | 'unknown';

/** One image that one side has and the other has not, or has otherwise. */
export interface Difference {
  /** Who has more; `other` and `unknown` are told once, as side `a` has them. */
  readonly side: 'a' | 'b';
  readonly kind: DifferenceKind;
  readonly image: CatalogImage;
}

export interface DiffCounts {
  readonly images: number;
  /** Of the photos whose size is known. */
  readonly bytes: number;
}

export interface DiffResult {
  readonly a: Side;
  readonly b: Side;
  /** Images that both have with the same photo, or both without one. */
  readonly same: number;
  readonly onlyA: DiffCounts;
  readonly onlyB: DiffCounts;
  readonly photoOnlyA: DiffCounts;
  readonly photoOnlyB: DiffCounts;
  readonly other: number;
  readonly unknown: number;
  readonly seconds: number;
}
