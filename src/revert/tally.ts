import type { Kept, RevertResult } from './options.ts';

const MOST_LISTED = 1000;

/** Counts what was taken back and what stays. */
export class Tally {
  imagesRemoved = 0;
  imagesSetBack = 0;
  linksRemoved = 0;
  columnsEmptied = 0;
  targetsRemoved = 0;
  authorsRemoved = 0;
  personalRemoved = 0;
  filesRemoved = 0;
  bytesFreed = 0;
  keptTotal = 0;
  readonly kept: Kept[] = [];

  keep(kept: Kept): void {
    this.keptTotal += 1;
    if (this.kept.length < MOST_LISTED) this.kept.push(kept);
  }

  counts(): Omit<RevertResult, 'dryRun' | 'operationId' | 'backupPath' | 'seconds'> {
    const { imagesRemoved, imagesSetBack, linksRemoved, columnsEmptied, targetsRemoved, authorsRemoved } =
      this;
    const { personalRemoved, filesRemoved, bytesFreed, kept, keptTotal } = this;
    return {
      imagesRemoved,
      imagesSetBack,
      linksRemoved,
      columnsEmptied,
      targetsRemoved,
      authorsRemoved,
      personalRemoved,
      filesRemoved,
      bytesFreed,
      kept,
      keptTotal,
    };
  }
}
