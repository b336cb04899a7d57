import { LINK_KINDS } from '../archive/link-tables.ts';
import type { MadeRecords } from './make-records.ts';
import type { Losses } from './travelling-text.ts';

/** Counts what of the rows does not travel as it is; each tag, album and collection once. */
export class LossTally implements Losses {
  repaired = 0;
  leftOut = 0;
  readonly #seen = new Set<string>();

  add({ losses, targetLosses }: Pick<MadeRecords, 'losses' | 'targetLosses'>): void {
    this.#add(losses);
    for (const kind of LINK_KINDS) {
      for (const [id, ofTarget] of targetLosses[kind]) {
        const target = `${kind} ${id}`;
        if (!this.#seen.has(target)) this.#add(ofTarget);
        this.#seen.add(target);
      }
    }
  }

  #add({ repaired, leftOut }: Losses): void {
    this.repaired += repaired;
    this.leftOut += leftOut;
  }
}
