import { MAX_FRAME_CONTENT } from '../base/limits.ts';
import { join } from 'node:path';
import { Destinations } from '../archive/destination.ts';
import { PHOTO_FOLDER } from '../archive/photo-path.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import type { ImageRecord, OmittedLine } from '../manifest/types.ts';
import type { Payload } from '../reading/bundle-walk.ts';
import type { ContentPool } from '../reading/content-pool.ts';
import { provenPayload } from '../reading/proven-payload.ts';
import type { ApplyPlan } from './apply-plan.ts';
import { Durability } from './durability.ts';
import { Leftovers } from './leftovers.ts';
import { LateRecords } from './late-records.ts';
import { listPaths } from './list-book.ts';
import { ApplyOperation } from './operation.ts';
import type { ApplyOptions } from './options.ts';
import type { SpoolWindow } from './record-spool.ts';
import { RunTally } from './run-tally.ts';
import { type Prepared, RecordSettler, type Settled } from './settle-record.ts';
import { type FailedMember, Window, type WindowOptions, type WindowOutcome } from './window.ts';

/** Of records that are committed together: whoever waits for the database, or for the event loop, waits no longer. */
const TRANSACTION_MILLISECONDS = 30;

/** A record whose transaction is through; `settled` is null where it must be prepared again. */
type Committed = Prepared & { readonly settled: Settled | null };

/** A file that is in place and not needed after all, with its row in the books. */
interface Unused {
  readonly localPath: string;
  readonly pendingRow: number;
}

/** Carries a plan out: windows of files and rows, each durable before the next, and the books. */
export class ApplyWriter {
  readonly operation: ApplyOperation;
  readonly settler: RecordSettler;
  readonly tally = new RunTally();

  readonly #plan: ApplyPlan;
  readonly #wait: WaitOptions;
  readonly #leftovers: Leftovers;
  readonly #windowOptions: WindowOptions;
  readonly #durability: Durability;
  #window: Window | null = null;
  /** The window before, whose files become durable and whose rows are written meanwhile. */
  #closing: { readonly window: Window; readonly done: Promise<void> } | null = null;
  /** From this ordinal on more records wait for the content of the window. */
  #rest: number | null = null;

  private constructor(
    plan: ApplyPlan,
    operation: ApplyOperation,
    leftovers: Leftovers,
    options: ApplyOptions,
    pool: ContentPool,
    wait: WaitOptions,
  ) {
    const { archive, context, spool } = plan;
    const onConflict = options.onConflict ?? 'keep-local';
    this.operation = operation;
    this.#plan = plan;
    this.#wait = wait;
    this.#leftovers = leftovers;
    this.settler = new RecordSettler(context, operation, spool, {
      onConflict,
      metadata: options.metadata ?? 'fill',
      personal: options.includePersonal ?? false,
    });
    this.#durability = new Durability(join(archive.root, PHOTO_FOLDER));
    this.#windowOptions = {
      durability: this.#durability,
      context,
      operation,
      leftovers,
      onConflict,
      pool,
      wait,
      destinations: new Destinations(archive.root, (path) => context.index.keepsPlace(path)),
      checkLocal: options.checkLocal ?? false,
      allowTypes: options.allowTypes ?? [],
    };
  }

  /** Opens the books, and tidies up what an interrupted run left. */
  static async open(
    plan: ApplyPlan,
    source: string,
    options: ApplyOptions,
    pool: ContentPool,
    wait: WaitOptions,
  ): Promise<ApplyWriter> {
    const { archive, manifest, bundleId, earlier, context, spool } = plan;
    const total = manifest.totals.records;
    const operation = await ApplyOperation.begin(
      archive,
      { manifest, bundleId, earlier, source, total, toDo: total - plan.doneBefore, now: new Date() },
      wait,
    );
    const pathsOf = (from: number, to: number) =>
      new Map(
        [...spool.between(from, to)].map(({ ordinal, digest, record }) => [
          ordinal,
          digest === null ? listPaths(record())[0]! : `hash_${digest}`,
        ]),
      );
    const isDone = (ordinal: number) => plan.isDone(ordinal);
    await operation.prepare({ total, came: plan.came, pathsOf, isDone }, wait);
    context.index.refresh();
    const leftovers = await Leftovers.find(archive.db, operation, archive.root, context.index, wait);
    return new ApplyWriter(plan, operation, leftovers, options, pool, wait);
  }

  /** Records of images that are here, banned or without a file: they wait for no payload. */
  async settleWithoutFile(): Promise<void> {
    for (;;) {
      this.#wait.signal?.throwIfAborted();
      const records = this.#plan.spool.withoutFile();
      if (records.length === 0) return;
      await this.#openWindow({ records, rest: null });
      await this.closeWindow();
    }
  }

  wants(digest: string): boolean {
    return this.#plan.spool.wants(digest);
  }

  /** Takes one content in, if some record waits for it; returns what it is called there. By a promise only where something has to be waited for. */
  take(payload: Payload): string | Promise<string> {
    const window = this.#window;
    if (this.#rest !== null || !window?.has(payload.digest)) return this.#takeElsewhere(payload);
    const staged = window.stage(payload);
    const name = window.nameOf(payload.digest);
    if (staged instanceof Promise) return staged.then((bytes) => this.#taken(bytes, name));
    return this.#taken(staged, name);
  }

  #taken(bytes: number, name: string): string {
    this.tally.bytesTaken += bytes;
    return name;
  }

  /** The content is not among those that are expected next. */
  async #takeElsewhere(payload: Payload): Promise<string> {
    const { digest, size } = payload;
    if (!this.#window?.has(digest)) {
      if (!this.wants(digest)) return '';
      await this.#handWindowOver();
      await this.#openWindow(this.#plan.spool.window(digest, { all: size > MAX_FRAME_CONTENT }));
    }
    const name = this.#window!.nameOf(digest);
    if (this.#rest === null) return this.#taken(await this.#window!.stage(payload), name);
    await this.#takeForMany(payload);
    return name;
  }

  /** More records wait for one content than may be in memory: it is kept for those of the next windows. */
  async #takeForMany(payload: Payload): Promise<void> {
    const kept = await provenPayload(payload);
    if (kept === null) return;
    for (;;) {
      this.tally.bytesTaken += await this.#window!.stage(kept);
      if (this.#rest === null) return;
      const next = this.#plan.spool.window(kept.digest, { from: this.#rest });
      await this.closeWindow();
      await this.#openWindow(next);
    }
  }

  async #openWindow({ records, rest }: SpoolWindow): Promise<void> {
    this.#window = await Window.open(records, this.#windowOptions, this.#closing?.window ?? null);
    this.#rest = rest;
  }

  /** While the files of one window become durable and its rows are written, the next one takes its files in. */
  async #handWindowOver(): Promise<void> {
    const window = this.#window;
    if (window === null) return;
    await this.#closing?.done;
    this.#window = null;
    const done = this.#close(window, this.#wait);
    done.catch(() => {}); // whoever closes the next one is told
    this.#closing = { window, done };
  }

  /** All that was taken in is in the archive behind this. */
  async closeWindow(wait: WaitOptions = this.#wait): Promise<void> {
    await this.#closing?.done;
    this.#closing = null;
    const window = this.#window;
    if (window === null) return;
    await this.#close(window, wait);
    this.#window = null;
  }

  /** Files become durable and get their names; then rows, links and books in short transactions. */
  async #close(window: Window, wait: WaitOptions): Promise<void> {
    await window.place();
    const { ready, failed, waiting } = window.outcome();
    const unused: Unused[] = [];
    for (let left = ready; left.length > 0; ) {
      const slice = await this.#transaction(() => this.#commitSome(window, left), wait);
      left = left.slice(slice.length);
      window.settle(new Set(slice.map(({ ordinal }) => ordinal)));
      for (const { record, settled, localPath, pendingRow } of slice) {
        if (settled === null) continue;
        this.tally.settled(record, settled);
        if (settled.unused && localPath !== null && pendingRow !== null)
          unused.push({ localPath, pendingRow });
      }
    }
    if (failed.length + waiting.length > 0)
      await this.#transaction(() => this.#commitOthers(failed, waiting), wait);
    for (const { record, reason } of failed) this.tally.failed(record, reason);
    await this.#leave(window, unused);
  }

  /** What turned out not to be needed goes, and only then its rows: a crash in between leaves nothing unknown. */
  async #leave(window: Window, unused: readonly Unused[]): Promise<void> {
    this.tally.bytesWritten += await window.leave(new Set(unused.map(({ localPath }) => localPath)));
    if (unused.length === 0) return;
    await this.#transaction(() => unused.forEach(({ pendingRow }) => this.operation.dropPending(pendingRow)));
  }

  /** One short transaction with its sums at the end. */
  async #transaction<T>(work: () => T, wait: WaitOptions = this.#wait): Promise<T> {
    const whole = () => {
      this.operation.beginTransaction();
      this.#plan.spool.begin();
      const result = work();
      this.#plan.spool.flush();
      this.operation.addUp(new Date());
      return result;
    };
    try {
      return await immediately(this.#plan.archive.db, whole, wait);
    } catch (error) {
      this.settler.rolledBack();
      throw error;
    }
  }

  /** Inside the transaction: as many records as its time allows. An error anywhere in it rolls all of it back. */
  #commitSome(window: Window, ready: readonly Prepared[]): Committed[] {
    const { context, spool } = this.#plan;
    const committed: Committed[] = [];
    const until = performance.now() + TRANSACTION_MILLISECONDS;
    context.index.refresh();
    this.settler.begin(window.version);
    for (const prepared of ready) {
      const settled = this.settler.settle(prepared);
      if (settled === null) spool.needFile(prepared.ordinal);
      committed.push({ ...prepared, settled });
      if (performance.now() > until) break;
    }
    return committed;
  }

  #commitOthers(failed: WindowOutcome['failed'], waiting: WindowOutcome['waiting']): void {
    for (const member of failed) this.#bookFailure(member);
    for (const { ordinal, pendingRow } of waiting) {
      this.operation.dropPending(pendingRow);
      this.#plan.spool.needFile(ordinal);
    }
  }

  #bookFailure({ ordinal, record, reason: message, pendingRow }: FailedMember): void {
    const nothing = { imageId: null, localPath: null };
    this.operation.book({ ...nothing, ordinal, record, outcome: 'failed', message, pendingRow });
    this.#plan.spool.settle(ordinal);
  }

  #late(): LateRecords {
    return new LateRecords({
      plan: this.#plan,
      window: this.#windowOptions,
      settler: this.settler,
      tally: this.tally,
      transaction: (work) => this.#transaction(work),
      bookFailure: (member) => this.#bookFailure(member),
    });
  }

  /** Whatever never came is booked as failed, and the books are closed. */
  async finish(
    omitted: readonly OmittedLine[],
    isDamaged: boolean,
    whyMissing: (record: ImageRecord) => string,
  ): Promise<void> {
    const late = this.#late();
    await late.settle(whyMissing);
    const { authorsOwed, favorites } = this.#plan;
    if (authorsOwed.length > 0) await this.#transaction(() => this.settler.addAuthors(authorsOwed));
    if (favorites.length > 0) await this.#transaction(() => this.settler.addFavorites(favorites, new Date()));
    const { refused } = this.settler.authors;
    if (refused > 0)
      this.#wait.observer?.({ type: 'notice', notice: 'authors-refused', params: { count: refused } });
    await late.failRefused(omitted, (line, reason) => this.operation.bookUnserved(line, reason));
    await this.#leftovers.remove(this.#wait);
    const whole = !isDamaged && this.tally.lost === 0;
    await this.#transaction(() => this.operation.finish(new Date(), whole));
  }

  /** Gives up what is not in place yet; an abort keeps what is proven. */
  async stop(): Promise<void> {
    const closing = this.#closing;
    await closing?.done.catch(() => {});
    if (this.#wait.signal?.aborted)
      await this.closeWindow({ ...this.#wait, signal: undefined }).catch(() => {});
    for (const window of [closing?.window, this.#window]) await window?.abandon();
  }

  /** Nothing is written any more. */
  end(): void {
    this.#durability.close();
  }
}
