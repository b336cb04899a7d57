import { immediately, syncLog, type WaitOptions } from '../archive/transaction.ts';
import type { ApplyPlan } from './apply-plan.ts';
import type { ApplyOperation } from './operation.ts';
import type { RunTally } from './run-tally.ts';
import type { Prepared, RecordSettler, Settled } from './settle-record.ts';
import type { FailedMember, Window, WindowOutcome } from './window.ts';

/** Of records that are committed together: whoever waits for the database, or for the event loop, waits no longer. */
const TRANSACTION_MILLISECONDS = 20;

/** A record whose transaction is through; `settled` is null where it must be prepared again. */
type Committed = Prepared & { readonly settled: Settled | null };

/** A file that is in place and not needed after all, with its row in the books. */
interface Unused {
  readonly localPath: string;
  readonly pendingRow: number;
}

/** What writing the rows of a window takes. */
export interface CommitParts {
  readonly plan: ApplyPlan;
  readonly operation: ApplyOperation;
  readonly settler: RecordSettler;
  readonly tally: RunTally;
  readonly wait: WaitOptions;
}

/** Writes rows, links and books of windows whose files are in place, in short transactions. */
export class WindowCommits {
  readonly #parts: CommitParts;

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** All rows of the window are durable behind this. */
  async commit(window: Window, wait: WaitOptions): Promise<void> {
    const { tally } = this.#parts;
    const later: WaitOptions = { ...wait, durable: 'later' };
    const { ready, failed, waiting } = window.outcome();
    const unused: Unused[] = [];
    for (let left = ready; left.length > 0; ) {
      const slice = await this.transaction(() => this.#commitSome(window, left), later);
      left = left.slice(slice.length);
      window.settle(new Set(slice.map(({ ordinal }) => ordinal)));
      for (const { record, settled, localPath, pendingRow } of slice) {
        if (settled === null) continue;
        tally.settled(record, settled);
        if (settled.unused && localPath !== null && pendingRow !== null)
          unused.push({ localPath, pendingRow });
      }
    }
    if (failed.length + waiting.length > 0)
      await this.transaction(() => this.#commitOthers(failed, waiting), later);
    for (const { record, reason } of failed) tally.failed(record, reason);
    await syncLog(this.#parts.plan.archive.db);
    await this.#leave(window, unused);
  }

  /** What turned out not to be needed goes, and only then its rows: a crash in between leaves nothing unknown. */
  async #leave(window: Window, unused: readonly Unused[]): Promise<void> {
    const { tally, operation } = this.#parts;
    tally.bytesWritten += await window.leave(new Set(unused.map(({ localPath }) => localPath)));
    if (unused.length === 0) return;
    await this.transaction(() => unused.forEach(({ pendingRow }) => operation.dropPending(pendingRow)));
  }

  /** One short transaction with its sums at the end. */
  async transaction<T>(work: () => T, wait: WaitOptions = this.#parts.wait): Promise<T> {
    const { plan, operation, settler } = this.#parts;
    const whole = () => {
      operation.beginTransaction();
      plan.spool.begin();
      const result = work();
      plan.spool.flush();
      operation.addUp(new Date());
      return result;
    };
    try {
      return await immediately(plan.archive.db, whole, wait);
    } catch (error) {
      settler.rolledBack();
      throw error;
    }
  }

  /** Inside the transaction: as many records as its time allows. An error anywhere in it rolls all of it back. */
  #commitSome(window: Window, ready: readonly Prepared[]): Committed[] {
    const { plan, settler } = this.#parts;
    const committed: Committed[] = [];
    const until = performance.now() + TRANSACTION_MILLISECONDS;
    plan.context.index.refresh();
    settler.begin(window.version);
    for (const prepared of ready) {
      const settled = settler.settle(prepared);
      if (settled === null) plan.spool.needFile(prepared.ordinal);
      committed.push({ ...prepared, settled });
      if (performance.now() > until) break;
    }
    return committed;
  }

  #commitOthers(failed: WindowOutcome['failed'], waiting: WindowOutcome['waiting']): void {
    const { plan, operation } = this.#parts;
    for (const member of failed) this.bookFailure(member);
    for (const { ordinal, pendingRow } of waiting) {
      operation.dropPending(pendingRow);
      plan.spool.needFile(ordinal);
    }
  }

  /** Inside a transaction. */
  bookFailure({ ordinal, record, reason: message, pendingRow }: FailedMember): void {
    const { plan, operation } = this.#parts;
    const nothing = { imageId: null, localPath: null };
    operation.book({ ...nothing, ordinal, record, outcome: 'failed', message, pendingRow });
    plan.spool.settle(ordinal);
  }
}
