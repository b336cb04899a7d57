import type { Observer } from '../base/events.ts';

export interface BackupOptions {
  readonly db: string;
  /** A file, or a folder to put it in; beside the database if not given. */
  readonly output?: string;
  readonly force?: boolean;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

export interface BackupResult {
  readonly database: string;
  readonly path: string;
  readonly bytes: number;
  /** Rows of images in the copy. */
  readonly images: number;
  readonly seconds: number;
}
