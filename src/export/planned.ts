import type { Observer } from '../base/events.ts';
import type { Digest } from '../base/digest.ts';
import type { PathMap } from '../archive/photo-path.ts';
import type { OmissionReason } from '../manifest/types.ts';

/** What deciding about the rows to pack needs besides the archive. */
export interface ChooseOptions {
  readonly maps: readonly PathMap[];
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
}

/** Why a row was chosen; `both` are images that the receiver has whole: metadata only. */
export type Why = 'asked' | 'missing' | 'restore' | 'conflict' | 'both';

/** Where a content may be read; `mtime` in seconds since 1970. */
export interface Source {
  readonly path: string;
  readonly mtime: number;
}

/** One payload file of the plan. */
export interface PlannedFile {
  readonly ordinal: number;
  readonly digest: Digest;
  readonly size: number;
  /** Base name that the entry's extension is taken from. */
  readonly name: string;
  /** The likeliest place first. */
  readonly sources: readonly Source[];
}

/** A record without a file. */
export interface PlannedRecord {
  readonly imageId: number;
  readonly url: string | null;
}

export interface Omission {
  readonly imageId: number | null;
  readonly localPath: string;
  readonly digest: Digest | null;
  readonly url: string | null;
  readonly reason: OmissionReason;
  readonly detail: string | null;
}

/** A bundle that was written to its last byte. */
export interface Written {
  readonly bundleId: Digest;
  readonly bundleBytes: number;
}
