import type { SyncStatus } from '../archive/sync-tables.ts';
import type { OutcomeTally } from '../merge/outcomes.ts';

export type { SyncStatus } from '../archive/sync-tables.ts';

export interface StatusOptions {
  readonly db: string;
  readonly root?: string;
  /** One operation or list, in detail. */
  readonly id?: string;
  /** All that failed and can be asked for again, instead of the first few. */
  readonly failed?: boolean;
}

/** Whose books an archive holds: ours, those of the Python scripts alone, or none at all. */
export type Books = 'indabundle' | 'scripts' | 'none';

export type OperationKind = 'apply' | 'export' | 'other';

/** One apply or export, as the books have it. Times are in UTC where we wrote them. */
export interface OperationStatus {
  readonly operationId: string;
  /** `other`: of the Python scripts. */
  readonly kind: OperationKind;
  /** What the user named: the bundle. */
  readonly source: string | null;
  readonly startTime: string | null;
  /** The last change. */
  readonly endTime: string | null;
  readonly status: SyncStatus;
  readonly total: number;
  readonly processed: number;
  readonly errors: number;
  /** Of those that failed: what the archive has by now, by another way. */
  readonly hereMeanwhile: number;
  /** True when `revert` took it back. */
  readonly reverted: boolean;
  /** True when a `revert` was begun, and did not come to its end: the same command goes on. */
  readonly reverting: boolean;
  /** Null where no journal tells. */
  readonly outcomes: OutcomeTally | null;
  /** Bundles of a series that were seen, of how many, and which were applied to their end; null for a single bundle, and where nothing is known. */
  readonly volumes: {
    readonly seen: number;
    readonly count: number;
    readonly applied: readonly number[];
    readonly missing: readonly number[];
  } | null;
}

/** `asked`: what we want of others; `received`: a bundle that answers none of our requests; `export`: what we packed. */
export type ListKind = 'asked' | 'received' | 'export';

/** One list. The counts are those of its rows. */
export interface ListStatus {
  readonly listId: string;
  readonly kind: ListKind;
  /** The operation that touched it last. */
  readonly operationId: string | null;
  readonly createdTime: string | null;
  readonly status: SyncStatus;
  /** Database or catalogue whose owner was asked; null where nobody wrote it down. */
  readonly askedOf: string | null;
  readonly total: number;
  readonly completed: number;
  readonly pending: number;
  readonly errors: number;
  /** Of those that wait or failed: what the archive has by now, by another way. */
  readonly hereMeanwhile: number;
}

/** Something that did not come, or could not be packed. */
export interface Failure {
  readonly operationId: string | null;
  readonly listId: string | null;
  /** How a list asks for it, `hash_...` or `url_...`; else null. */
  readonly wanted: string | null;
  readonly digest: string | null;
  readonly path: string | null;
  readonly imageId: number | null;
  /** Why, as the books have it; null where they do not say. */
  readonly reason: string | null;
}

export interface StatusResult {
  readonly database: string;
  readonly books: Books;
  /** The newest first, at most 1,000. With an id: the one, or none if the id is a list's. */
  readonly operations: readonly OperationStatus[];
  readonly operationsTotal: number;
  /** The newest first, at most 1,000. With an id: the one, or those of the operation. */
  readonly lists: readonly ListStatus[];
  readonly listsTotal: number;
  /**
   * Of the operation or list with the id; without an id, rows of lists that can be asked for again.
   * At most 10 in the overview, else at most 1,000.
   */
  readonly failures: readonly Failure[];
  readonly failuresTotal: number;
}
