import type { Observer } from '../base/events.ts';

interface Common {
  readonly db: string;
  readonly root?: string;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/** What one list brought, or one operation. */
export type ArrivedOptions = Common & ({ readonly listId: string } | { readonly operationId: string });

/**
 * `changed`: its file has neither the bytes that arrived nor those that its row names. `missing`: no
 * file. `unreadable`: the disk refuses it. `gone`: its row was deleted.
 */
export const ARRIVED_PROBLEMS = ['changed', 'missing', 'unreadable', 'gone'] as const;
export type ArrivedProblemKind = (typeof ARRIVED_PROBLEMS)[number];

export interface ArrivedProblem {
  readonly kind: ArrivedProblemKind;
  readonly imageId: number | null;
  /** `local_path` of the row. */
  readonly path: string | null;
  readonly expected: string | null;
  readonly found: string | null;
}

export interface ArrivedResult {
  readonly database: string;
  readonly listId: string | null;
  readonly operationId: string | null;
  /** `incomplete`: all that arrived is whole, but rows wait or have failed. */
  readonly verdict: 'whole' | 'incomplete' | 'damaged';
  /** Rows of the list or the operation. */
  readonly rows: number;
  readonly waiting: number;
  readonly failed: number;
  /** Completed without a file: authors who are banned here, data without a photo, conflicts where yours stayed. */
  readonly withoutFile: number;
  readonly whole: number;
  /** The image has another photo by now, as its row says. */
  readonly replaced: number;
  /** A file is there, and nobody knows which digest it should have. */
  readonly unproven: number;
  readonly changed: number;
  readonly missing: number;
  readonly unreadable: number;
  readonly gone: number;
  readonly bytesRead: number;
  /** The first 1,000. */
  readonly problems: readonly ArrivedProblem[];
  readonly problemsTotal: number;
  readonly seconds: number;
}
