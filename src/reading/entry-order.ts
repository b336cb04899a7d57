import { type FindingCode, type FindingList, Refused } from '../base/findings.ts';
import type { Entry } from '../bundle/entry.ts';
import { ENTRY_ORDER, type EntryKind } from '../bundle/entry-names.ts';

const SEVERAL: readonly EntryKind[] = ['records', 'authors', 'payload'];

/** Holds the entries to the order of the format (docs/format.md, "Entries"). */
export class EntryOrder {
  readonly #findings: FindingList;
  #order = 0;
  #began = false;

  constructor(findings: FindingList) {
    this.#findings = findings;
  }

  /** The manifest has come, or is known to be lost. */
  get isOpen(): boolean {
    return this.#began;
  }

  /** @throws Refused `not-a-bundle`, `manifest-invalid`, `entry-unexpected`, `entry-duplicate` */
  check(entry: Entry): void {
    if (!this.#began && entry.kind !== 'manifest') throw this.withoutManifest(entry);
    const order = ENTRY_ORDER.indexOf(entry.kind);
    if (order < this.#order) {
      throw new Refused('entry-unexpected', entry.place, {
        expected: 'the order of the format',
        found: entry.name,
      });
    }
    if (this.#began && order === this.#order && !SEVERAL.includes(entry.kind)) {
      throw new Refused('entry-duplicate', entry.place, { expected: `${entry.name} once`, found: 'twice' });
    }
    this.#order = order;
  }

  /** The manifest was read and is good. */
  begin(): void {
    this.#began = true;
  }

  withoutManifest(entry: Entry): Refused {
    const code: FindingCode = this.#findings.damaged > 0 ? 'manifest-invalid' : 'not-a-bundle';
    return new Refused(code, entry.place, { expected: 'manifest.json first', found: entry.name });
  }
}
