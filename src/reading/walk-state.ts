import { type Digest, digestOf } from '../base/digest.ts';
import { type FindingCode, type FindingList, type Place, Refused } from '../base/findings.ts';
import { type Entry, EntryDamaged, readWhole } from '../bundle/entry.ts';
import type { Manifest } from '../manifest/types.ts';
import { DigestTable } from './digest-table.ts';
import { IndexCheck } from './index-check.ts';
import type { WalkOptions } from './walk-items.ts';

/** What one walk through a bundle has learned so far; the readers of its parts share it. */
export class WalkState {
  readonly findings: FindingList;
  readonly options: WalkOptions;
  readonly contents = new DigestTable();
  readonly check = new IndexCheck();
  manifest: Manifest | null = null;
  manifestDigest: Digest = '';
  /** The manifest is lost, and nothing stands in for it: what comes is not proven before the end. */
  headless = false;
  /** The manifest was made of what the end proves. */
  standsIn = false;
  /** Digests of the shards that came without a manifest, by name. */
  readonly unproven = new Map<string, Digest>();
  /** Photos that no record names, because theirs is lost. */
  readonly nameless = new DigestTable();
  /** Records are unknown, so contents and counts that nothing explains may be theirs. */
  shardsLost = false;
  /** Some payload is passed over by frames: the lists cannot be compared, which is no defect. */
  passesOver = false;
  filesProven = 0;
  bytesProven = 0;
  recordsRead = 0;

  constructor(findings: FindingList, options: WalkOptions) {
    this.findings = findings;
    this.options = options;
  }

  /** The digests gathered on the way say what the lists must say. */
  get listsComparable(): boolean {
    return this.check.comparable && !this.passesOver;
  }

  damage(code: FindingCode, where: Place, expected: string, found: string): void {
    this.check.comparable = false;
    this.findings.add({ code, gravity: 'damage', where, expected, found });
  }

  /**
   * The content of a small entry, valid until the walk goes on, with its digest.
   *
   * @throws Refused `limit-exceeded`
   * @throws EntryDamaged
   */
  async whole(entry: Entry, limit: number): Promise<{ readonly bytes: Buffer; readonly digest: Digest }> {
    if (entry.size > limit) {
      throw new Refused('limit-exceeded', entry.place, {
        expected: `at most ${limit} bytes`,
        found: `${entry.size} bytes`,
      });
    }
    const bytes = entry.whole ?? (await readWhole(entry, limit));
    if (bytes === null) throw new EntryDamaged(entry.name);
    const digest = entry.digest ?? digestOf(bytes);
    if (entry.kind !== 'end' && entry.kind !== 'end-signature') this.check.saw(entry.name, digest);
    return { bytes, digest };
  }
}
