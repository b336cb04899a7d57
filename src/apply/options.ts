import type { Readable } from 'node:stream';
import type { Observer } from '../base/events.ts';
import type { Finding } from '../base/findings.ts';
import type { Manifest } from '../manifest/types.ts';
import type { ConflictPolicy, OutcomeTally } from '../merge/outcomes.ts';
import type { SeriesState } from './series-books.ts';

export type { SeriesState } from './series-books.ts';
export { CONFLICT_POLICIES, OUTCOMES } from '../merge/outcomes.ts';
export type { ConflictPolicy, Outcome, OutcomeTally } from '../merge/outcomes.ts';

/** What becomes of the metadata of images that are there: empty columns are filled, or nothing is touched. */
export const METADATA_CHOICES = ['fill', 'keep'] as const;

export interface ApplyOptions {
  /** A bundle file, an unpacked folder, or a stream. */
  readonly input: string | Readable;
  /** The receiver's `indafoto.db`. */
  readonly db: string;
  readonly root?: string;
  readonly onConflict?: ConflictPolicy;
  readonly metadata?: (typeof METADATA_CHOICES)[number];
  readonly includePersonal?: boolean;
  /** Hash every local file that a record matches, instead of trusting its size. */
  readonly checkLocal?: boolean;
  /** Verify everything first, then apply all or nothing. */
  readonly strict?: boolean;
  /** Media types beyond images that may land, such as `application/pdf`; `any` for all. */
  readonly allowTypes?: readonly string[];
  readonly backup?: boolean;
  /** A CSV file that lists what arrived, with outcome and path. */
  readonly report?: string;
  /** Delete the bundle file when all of it is durable in the archive; never one with damage or failures. */
  readonly removeWhenDone?: boolean;
  readonly dryRun?: boolean;
  readonly threads?: number;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

export interface ApplyResult {
  readonly input: string;
  readonly dryRun: boolean;
  readonly bundleId: string;
  readonly manifest: Manifest;
  /** Null in a dry run, and when nothing needed doing. */
  readonly operationId: string | null;
  readonly resumed: boolean;
  /** Of a volume: which ones of its series are applied, and which are still to come. */
  readonly series: SeriesState | null;
  /** The bundle file was deleted, as asked. */
  readonly removed: boolean;
  readonly outcomes: OutcomeTally;
  /** Records of this bundle that an earlier run had done already. */
  readonly doneBefore: number;
  /** Conflicts where the remote picture is larger by its site size. */
  readonly largerAvailable: number;
  /** NULL columns filled, and links made, on images that were here already. */
  readonly columnsFilled: number;
  readonly linksAdded: number;
  readonly authorsAdded: number;
  /** Notes, marks and favourites that were added. */
  readonly personalAdded: number;
  readonly bytesWritten: number;
  /** Bytes that the new files need, and that are free; -1 where unknown. */
  readonly bytesNeeded: number;
  readonly bytesFree: number;
  readonly backupPath: string | null;
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
  readonly strays: readonly string[];
  /** The first 1,000 failures with their reasons. */
  readonly failures: readonly { readonly record: string; readonly reason: string }[];
  readonly seconds: number;
}
