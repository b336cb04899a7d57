import { breathe } from '../base/breathe.ts';
import { omittedReason } from '../archive/failure-words.ts';
import type { ImageRecord, OmittedLine } from '../manifest/types.ts';
import { decide, matchingRows, recordDigest, recordKeys } from '../merge/decide.ts';
import { needsFile } from '../merge/merge-context.ts';
import type { ApplyPlan } from './apply-plan.ts';
import type { SpooledRecord } from './record-spool.ts';
import type { RunTally } from './run-tally.ts';
import { basisOf, type Prepared, type RecordSettler, type Settled } from './settle-record.ts';
import type { FailedMember } from './window.ts';
import type { WindowOptions } from './window-member.ts';

/** What settling the last records needs of whoever writes. */
export interface LateParts {
  readonly plan: ApplyPlan;
  readonly window: WindowOptions;
  readonly settler: RecordSettler;
  readonly tally: RunTally;
  readonly transaction: <T>(work: () => T) => Promise<T>;
  /** Inside the transaction. */
  readonly bookFailure: (member: FailedMember) => void;
}

/** Records whose content did not come, told apart. */
interface Split {
  /** Another record brought their image meanwhile: they need no file any more. */
  readonly found: readonly Prepared[];
  readonly lost: readonly SpooledRecord[];
}

const NOT_VALID = 'the record is not valid';

/** What is left when a bundle has passed: records whose content never came, and those that nobody could read. */
export class LateRecords {
  readonly #parts: LateParts;

  constructor(parts: LateParts) {
    this.#parts = parts;
  }

  /** Settles those whose image another record brought; the others fail. */
  async settle(whyMissing: (record: ImageRecord) => string): Promise<void> {
    const { plan, tally, transaction } = this.#parts;
    for (;;) {
      const records = plan.spool.remaining();
      if (records.length === 0) return;
      const { found, lost } = await this.#split(records);
      const again: SpooledRecord[] = [];
      for (const [prepared, settled] of await transaction(() => this.#settleFound(found))) {
        const { ordinal, record } = prepared;
        if (settled === null) again.push({ ordinal, record, digest: recordDigest(record) });
        else tally.settled(record, settled);
      }
      await this.#fail(
        [...lost, ...again].map(({ ordinal, record }) => ({ ordinal, record, reason: whyMissing(record) })),
      );
    }
  }

  async #split(records: readonly SpooledRecord[]): Promise<Split> {
    const { context, onConflict, checkLocal, wait } = this.#parts.window;
    const found: Prepared[] = [];
    const lost: SpooledRecord[] = [];
    const options = { root: context.archive.root, checkLocal, signal: wait.signal };
    context.index.refresh();
    for (const spooled of records) {
      await breathe();
      const { ordinal, record } = spooled;
      const rows = matchingRows(context.index, recordKeys(record));
      const decision = await decide(record, rows, context, options);
      const nothing = { isAlone: false, localPath: null, pendingRow: null };
      if (decision.outcome === 'failed' || needsFile(decision, record, onConflict, context))
        lost.push(spooled);
      else found.push({ ...nothing, ordinal, record, decision, basis: basisOf(rows) });
    }
    return { found, lost };
  }

  /** Inside the transaction; null for those that need a file after all. */
  #settleFound(found: readonly Prepared[]): (readonly [Prepared, Settled | null])[] {
    const { plan, settler } = this.#parts;
    plan.context.index.refresh();
    settler.begin(-1);
    return found.map((prepared) => [prepared, settler.settle(prepared)] as const);
  }

  /** Records that no reader would accept, and what the sender says that it left out. */
  async failRefused(omitted: readonly OmittedLine[], unserved: LateUnserved): Promise<void> {
    const { plan, transaction } = this.#parts;
    await this.#fail(plan.refused.map((ordinal) => ({ ordinal, record: null, reason: NOT_VALID })));
    await transaction(() => {
      for (const line of omitted) unserved(line, omittedReason(line));
    });
  }

  async #fail(records: readonly Omit<FailedMember, 'pendingRow'>[]): Promise<void> {
    const { tally, transaction, bookFailure } = this.#parts;
    if (records.length === 0) return;
    await transaction(() => records.forEach((record) => bookFailure({ ...record, pendingRow: null })));
    for (const { record, reason } of records) tally.failed(record, reason);
  }
}

/** Books a row of a request that the bundle could not serve. */
type LateUnserved = (line: OmittedLine, reason: string) => void;
