import type { Observer } from '../base/events.ts';

export interface RevertOptions {
  readonly db: string;
  readonly root?: string;
  /** The apply that is taken back. */
  readonly operationId: string;
  readonly dryRun?: boolean;
  /** A copy of the database before anything changes; on unless false. */
  readonly backup?: boolean;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/**
 * Why something stays: `changed` since (by somebody, or by a later operation), `used` by something
 * else, `file-changed`: the file has other bytes now.
 */
export type KeptReason = 'changed' | 'used' | 'file-changed';

export interface Kept {
  readonly what: 'image' | 'column' | 'tag' | 'album' | 'collection' | 'author' | 'personal' | 'file';
  /** The id of the image, the name of the tag, the path of the file... */
  readonly name: string;
  readonly reason: KeptReason;
}

export interface RevertResult {
  readonly dryRun: boolean;
  readonly operationId: string;
  /** Rows that were added and are gone. */
  readonly imagesRemoved: number;
  /** Rows that point to what they pointed to before. */
  readonly imagesSetBack: number;
  readonly linksRemoved: number;
  /** Columns that were filled and are NULL again. */
  readonly columnsEmptied: number;
  /** Tags, albums and collections that were made and that nothing uses. */
  readonly targetsRemoved: number;
  readonly authorsRemoved: number;
  readonly personalRemoved: number;
  readonly filesRemoved: number;
  readonly bytesFreed: number;
  /** What stays, and why: the first 1,000. Reverting again takes back what nothing uses by then. */
  readonly kept: readonly Kept[];
  readonly keptTotal: number;
  readonly backupPath: string | null;
  readonly seconds: number;
}
