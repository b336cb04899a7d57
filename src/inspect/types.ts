import type { Readable } from 'node:stream';
import type { Finding } from '../base/findings.ts';
import type { AuthorRecord, ImageRecord, IndexLine, Manifest } from '../manifest/types.ts';

export interface InspectOptions {
  /** A bundle file, an unpacked folder, or a stream. */
  readonly input: string | Readable;
  readonly signal?: AbortSignal;
}

export interface InspectResult {
  /** What the user called it. */
  readonly input: string;
  readonly bundleId: string;
  /** Bytes of the bundle file; null for a stream or folder. */
  readonly bundleBytes: number | null;
  readonly manifest: Manifest;
  /** From the tail; null when there is none to be had (cut, or a stream). */
  readonly end: { readonly files: number; readonly omitted: Readonly<Record<string, number>> } | null;
  readonly findings: readonly Finding[];
}

/** Lists that are as long as the bundle, one item at a time. */
export interface InspectLists {
  records(): AsyncGenerator<ImageRecord>;
  authors(): AsyncGenerator<AuthorRecord>;
  files(): AsyncGenerator<IndexLine>;
}
