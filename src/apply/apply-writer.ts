import { MAX_FRAME_CONTENT } from '../base/limits.ts';
import { join } from 'node:path';
import { Destinations } from '../archive/destination.ts';
import { PHOTO_FOLDER } from '../archive/photo-path.ts';
import type { WaitOptions } from '../archive/transaction.ts';
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
import { RecordSettler } from './settle-record.ts';
import { Window, type WindowOptions } from './window.ts';
import { WindowCommits } from './window-commits.ts';

/** Windows that may be closing at a time: one whose files become durable, one whose rows are written. */
const MOST_CLOSING = 2;

/** A window that takes no more files in. */
interface Closing {
  readonly window: Window;
  readonly done: Promise<void>;
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
  readonly #commits: WindowCommits;
  #window: Window | null = null;
  /** The windows before, in order: their files become durable and their rows are written meanwhile. */
  #closing: Closing[] = [];
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
    const { settler, tally } = this;
    this.#commits = new WindowCommits({ plan, operation, settler, tally, wait });
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
    const before = this.#closing.map(({ window }) => window);
    this.#window = await Window.open(records, this.#windowOptions, before);
    this.#rest = rest;
  }

  /** While the files of one window become durable and its rows are written, the next one takes its files in. */
  async #handWindowOver(): Promise<void> {
    const window = this.#window;
    if (window === null) return;
    while (this.#closing.length >= MOST_CLOSING) await this.#closeFirst();
    const before = this.#closing.at(-1)?.done ?? Promise.resolve();
    this.#window = null;
    const done = this.#close(window, before, this.#wait);
    done.catch(() => {}); // whoever waits for it is told
    this.#closing.push({ window, done });
  }

  async #closeFirst(): Promise<void> {
    await this.#closing[0]!.done;
    this.#closing.shift();
  }

  /** All that was taken in is in the archive behind this. */
  async closeWindow(wait: WaitOptions = this.#wait): Promise<void> {
    while (this.#closing.length > 0) await this.#closeFirst();
    const window = this.#window;
    if (window === null) return;
    await this.#close(window, Promise.resolve(), wait);
    this.#window = null;
  }

  /** Files become durable and get their names; then, behind those of the windows before, rows, links and books. */
  async #close(window: Window, before: Promise<void>, wait: WaitOptions): Promise<void> {
    await window.place();
    await before;
    await this.#commits.commit(window, wait);
  }

  #late(): LateRecords {
    return new LateRecords({
      plan: this.#plan,
      window: this.#windowOptions,
      settler: this.settler,
      tally: this.tally,
      transaction: (work) => this.#commits.transaction(work),
      bookFailure: (member) => this.#commits.bookFailure(member),
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
    if (authorsOwed.length > 0) await this.#commits.transaction(() => this.settler.addAuthors(authorsOwed));
    if (favorites.length > 0)
      await this.#commits.transaction(() => this.settler.addFavorites(favorites, new Date()));
    const { refused } = this.settler.authors;
    if (refused > 0)
      this.#wait.observer?.({ type: 'notice', notice: 'authors-refused', params: { count: refused } });
    await late.failRefused(omitted, (line, reason) => this.operation.bookUnserved(line, reason));
    await this.#leftovers.remove(this.#wait);
    const whole = !isDamaged && this.tally.lost === 0;
    await this.#commits.transaction(() => this.operation.finish(new Date(), whole));
  }

  /** Gives up what is not in place yet; an abort keeps what is proven. */
  async stop(): Promise<void> {
    const closing = [...this.#closing];
    await Promise.allSettled(closing.map(({ done }) => done));
    if (this.#wait.signal?.aborted)
      await this.closeWindow({ ...this.#wait, signal: undefined }).catch(() => {});
    for (const window of [...closing.map((one) => one.window), this.#window]) await window?.abandon();
  }

  /** Nothing is written any more. */
  end(): void {
    this.#durability.close();
  }
}
