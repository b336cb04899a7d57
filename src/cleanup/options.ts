import type { Observer } from '../base/events.ts';

export interface CleanupOptions {
  readonly db: string;
  readonly root?: string;
  /** One operation or list, whatever it is; else all that are finished. */
  readonly id?: string;
  /**
   * Milliseconds. Backups, and files of unfinished exports beside the database, go only where this
   * is given and they are older; finished bookkeeping that is younger then stays.
   */
  readonly olderThan?: number;
  /** Only tells what would go. */
  readonly dryRun?: boolean;
  readonly observer?: Observer;
  readonly signal?: AbortSignal;
}

/**
 * `temporary-file`: left by an apply that was stopped. `partial-file`: output that never became
 * whole. `lock`: of a process that is gone. `replaced-file`: a photo that gave way to another one;
 * no row names it any more. `operation`, `list`: finished bookkeeping; the operation cannot be
 * reverted afterwards. `backup`: an old copy of the database.
 */
export type LitterKind =
  | 'temporary-file'
  | 'partial-file'
  | 'lock'
  | 'replaced-file'
  | 'operation'
  | 'list'
  | 'backup';

export interface Litter {
  readonly kind: LitterKind;
  /** An absolute path; of operations and lists the id. */
  readonly name: string;
  /** Of files; of bookkeeping 0. */
  readonly bytes: number;
  /** Rows of bookkeeping; of files 0. */
  readonly rows: number;
}

export interface CleanupResult {
  readonly dryRun: boolean;
  /** What was removed, or would be: the first 1,000 of each kind. */
  readonly litter: readonly Litter[];
  readonly counts: { readonly [kind in LitterKind]: number };
  readonly bytes: number;
  readonly rows: number;
  /** Operations whose revert ends here. */
  readonly revertEnds: readonly string[];
  /** What is not finished, and whose files and rows stay. */
  readonly unfinished: readonly string[];
  readonly seconds: number;
}
