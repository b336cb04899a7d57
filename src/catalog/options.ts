import type { Observer } from '../base/events.ts';

export interface CatalogOptions {
  /** The `indafoto.db` of the archive. */
  readonly db: string;
  /** The folder that relative `local_path`s start from; the database's folder if not given. */
  readonly root?: string;
  /** The file to write. */
  readonly output: string;
  readonly force?: boolean;
  /** Prefixes of absolute `local_path`s and what stands there now. */
  readonly maps?: readonly { readonly from: string; readonly to: string }[];
  readonly label?: string;
  /** UTC, `YYYY-MM-DDThh:mm:ssZ`; now if not given. */
  readonly created?: string;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

export interface CatalogResult {
  readonly path: string;
  readonly images: number;
  /** Images whose file is here. */
  readonly here: number;
  /** Images without a usable file. */
  readonly missing: number;
  /** Images whose digest the database does not know. */
  readonly withoutDigest: number;
  /** Bytes of the files that are here. */
  readonly photoBytes: number;
  /** Bytes of the catalogue. */
  readonly catalogBytes: number;
  readonly seconds: number;
}
