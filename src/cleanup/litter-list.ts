import type { Litter, LitterKind } from './options.ts';

const MOST_LISTED = 1000;

/** Counts what goes, and keeps the first of each kind by name. */
export class LitterList {
  readonly listed: Litter[] = [];
  readonly counts: { [kind in LitterKind]: number } = {
    'temporary-file': 0,
    'partial-file': 0,
    lock: 0,
    'replaced-file': 0,
    operation: 0,
    list: 0,
    backup: 0,
  };
  bytes = 0;
  rows = 0;

  add(
    kind: LitterKind,
    name: string,
    { bytes = 0, rows = 0 }: { readonly bytes?: number; readonly rows?: number } = {},
  ): void {
    this.counts[kind] += 1;
    this.bytes += bytes;
    this.rows += rows;
    if (this.counts[kind] <= MOST_LISTED) this.listed.push({ kind, name, bytes, rows });
  }
}
