import { resolve } from 'node:path';
import { type Observer, silent } from '../base/events.ts';
import type { FindingList } from '../base/findings.ts';
import { backupDatabase, backupName } from '../archive/backup.ts';
import { CONTENT_DAMAGED, CONTENT_MISSING, omittedReason } from '../archive/failure-words.ts';
import type { Archive } from '../archive/open.ts';
import type { WaitOptions } from '../archive/transaction.ts';
import type { ImageRecord, Manifest, OmittedLine } from '../manifest/types.ts';
import { mergeContext } from '../merge/merge-context.ts';
import { type ConflictPolicy, sumOf } from '../merge/outcomes.ts';
import { BundleWalk, type Payload, type WalkItem } from '../reading/bundle-walk.ts';
import { ContentPool } from '../reading/content-pool.ts';
import { notAcceptable } from '../reading/not-acceptable.ts';
import type { OpenedBundle } from '../reading/open-bundle.ts';
import { skipUnwanted } from '../reading/skip-unwanted.ts';
import { standInFor } from '../reading/stand-in.ts';
import { ApplyPlan } from './apply-plan.ts';
import { ApplyWriter } from './apply-writer.ts';
import { listPaths, omittedPaths } from './list-book.ts';
import { nothingDone } from './nothing-done.ts';
import type { ApplyOptions, ApplyResult } from './options.ts';
import { writeReport } from './report.ts';
import { hasChangedRows } from './series-books.ts';

/** One run of apply over one bundle, from its first byte to the summary. */
export class ApplyRun {
  readonly #archive: Archive;
  readonly #opened: OpenedBundle;
  readonly #findings: FindingList;
  readonly #options: ApplyOptions;
  readonly #observer: Observer;
  readonly #walk: BundleWalk;
  readonly #started = performance.now();
  readonly #omitted: OmittedLine[] = [];
  #plan: ApplyPlan | null = null;
  #writer: ApplyWriter | null = null;
  #pool: ContentPool | null = null;
  #backupPath: string | null = null;

  constructor(archive: Archive, opened: OpenedBundle, findings: FindingList, options: ApplyOptions) {
    this.#archive = archive;
    this.#opened = opened;
    this.#findings = findings;
    this.#options = options;
    this.#observer = options.observer ?? silent;
    this.#walk = new BundleWalk(opened.reader, findings, {
      proveAll: false,
      lostHead: opened.source === null ? 'refuse' : () => standInFor(opened.label),
      signal: options.signal,
      settle: () => this.#pool?.flush() ?? Promise.resolve(),
    });
  }

  async run(): Promise<ApplyResult> {
    try {
      if (this.#opened.size !== null) await this.#startPool(this.#opened.size);
      for await (const item of this.#walk.items()) {
        if (!(await this.#item(item))) return await this.#result();
      }
      await this.#finish();
      return await this.#result();
    } catch (error) {
      await this.#writer?.stop();
      throw error;
    } finally {
      this.#writer?.end();
      await this.#pool?.close();
    }
  }

  /** False when there is nothing more to do. */
  async #item(item: WalkItem): Promise<boolean> {
    switch (item.kind) {
      case 'manifest':
        this.#plan = await this.#beginPlan(item.manifest, item.bundleId);
        return true;
      case 'records':
        await this.#plan!.addRecords(item.shard);
        return true;
      case 'authors':
        this.#plan!.addAuthors(item.authors);
        return true;
      case 'payload-begins':
        return await this.#beginWriting(this.#plan!);
      case 'payload':
        if (this.#writer !== null) await this.#take(this.#writer, item.payloads);
        return true;
      case 'omitted':
        this.#omitted.push(item.line);
        return true;
    }
  }

  async #take(writer: ApplyWriter, payloads: readonly Payload[]): Promise<void> {
    for (const payload of payloads) {
      const taken = writer.take(payload);
      const item = typeof taken === 'string' ? taken : await taken;
      this.#observer({ type: 'progress', done: writer.tally.bytesTaken, item });
    }
  }

  async #beginPlan(manifest: Manifest, bundleId: string): Promise<ApplyPlan> {
    const { checkLocal = false, metadata = 'fill' } = this.#options;
    const { includePersonal: personal = false, signal } = this.#options;
    this.#observer({ type: 'phase', phase: 'decide', total: manifest.totals.records, unit: 'records' });
    const context = await mergeContext(this.#archive, manifest.totals.records);
    return new ApplyPlan(context, manifest, bundleId, {
      checkLocal,
      fill: metadata === 'fill',
      onConflict: this.#onConflict,
      personal,
      checkPlaces: this.#options.dryRun ?? false,
      expected: manifest.totals.records,
      contents: this.#walk.contents,
      signal,
      observer: this.#observer,
    });
  }

  /** Everything is known but the payload: refuse, stop here, or make ready to write. */
  async #beginWriting(plan: ApplyPlan): Promise<boolean> {
    if (this.#findings.refused) throw this.#refusal();
    if (this.#options.dryRun) return false;
    if (plan.nothingToDo) {
      this.#observer({ type: 'notice', notice: 'already-applied', params: {} });
      await skipUnwanted(this.#opened, this.#walk, () => false);
      return true; // the end of the bundle says what the sender left out
    }
    plan.checkRoom();
    await this.#backup(plan);
    if (plan.resumes)
      this.#observer({
        type: 'notice',
        notice: 'resuming',
        params: { operation: plan.earlier.operation!.operation_id },
      });
    const pool = this.#pool ?? (await this.#startPool(plan.fileBytes));
    this.#writer = await ApplyWriter.open(plan, this.#source, this.#options, pool, this.#wait);
    await this.#writer.settleWithoutFile();
    if (plan.spool.contents < plan.manifest.totals.files) {
      await skipUnwanted(this.#opened, this.#walk, (digest) => this.#writer!.wants(digest));
    }
    this.#observer({ type: 'phase', phase: 'apply', total: plan.fileBytes, unit: 'bytes' });
    return true;
  }

  /** `bytes` to read, or to write where only the records tell how much there is. */
  async #startPool(bytes: number): Promise<ContentPool> {
    this.#pool = await ContentPool.forBundle(this.#opened, this.#options.threads, bytes);
    return this.#pool;
  }

  get #onConflict(): ConflictPolicy {
    return this.#options.onConflict ?? 'keep-local';
  }

  get #wait(): WaitOptions {
    return { observer: this.#observer, signal: this.#options.signal, what: this.#archive.path };
  }

  /** What the user named, so that the books still say it from another folder. */
  get #source(): string {
    const { label } = this.#opened;
    return label === '-' ? label : resolve(label);
  }

  /** Once per operation, and never when no row of the user's changes. */
  async #backup(plan: ApplyPlan): Promise<void> {
    if (this.#options.backup === false || plan.changes === 0 || this.#hasBackup(plan)) return;
    this.#observer({ type: 'phase', phase: 'backup', unit: 'bytes' });
    const target = backupName(this.#archive.path, new Date());
    await backupDatabase(this.#archive.path, target, this.#observer, this.#options.signal);
    this.#backupPath = target;
    this.#observer({ type: 'notice', notice: 'backup-made', params: { path: target } });
  }

  /** What goes on with an operation that has changed something has its backup from before, if any was wanted. */
  #hasBackup(plan: ApplyPlan): boolean {
    return plan.resumes && hasChangedRows(this.#archive.db, plan.earlier.operation!.operation_id);
  }

  /** True when all that the bundle brings is in the archive, but for what the sender left out. */
  get isComplete(): boolean {
    const begun = this.#writer !== null || this.#plan?.nothingToDo === true;
    return (
      this.#options.dryRun !== true &&
      begun &&
      this.#findings.damaged === 0 &&
      (this.#writer?.tally.lost ?? 0) === 0
    );
  }

  /**
   * Photos of the bundle that are other than the archive's and in the bundle only. Whoever wants the larger
   * ones, or those of the bundle, has decided about the rest.
   */
  get photosLeft(): number {
    if (this.#onConflict === 'larger' || this.#onConflict === 'take-remote') return 0;
    return (this.#writer?.settler.added.conflictsKept ?? 0) + this.#plan!.countsDone().conflict;
  }

  async #finish(): Promise<void> {
    const writer = this.#writer;
    const plan = this.#plan;
    if (plan?.nothingToDo && writer === null) return;
    if (plan === null || writer === null) throw this.#refusal();
    await writer.closeWindow();
    this.#observer({ type: 'phase', phase: 'finish' });
    const omitted = new Map(
      this.#omitted.flatMap((line) => omittedPaths(line).map((path) => [path, omittedReason(line)])),
    );
    await writer.finish(this.#omitted, this.#findings.damaged > 0, (record) =>
      this.#whyMissing(record, omitted),
    );
    const nothing = writer.tally.committed === 0 && plan.doneBefore === 0;
    if (this.#findings.damaged > 0 && nothing) throw this.#refusal();
  }

  #refusal(): Error {
    return notAcceptable(this.#opened.label, this.#findings.listed, this.#plan !== null);
  }

  #whyMissing(record: ImageRecord, omitted: ReadonlyMap<string, string>): string {
    const reason = listPaths(record)
      .map((path) => omitted.get(path))
      .find((text) => text !== undefined);
    if (reason !== undefined) return reason;
    const state = record.file ? this.#walk.contents.stateIn(record.file.digest) : null;
    if (state === 'damaged') return CONTENT_DAMAGED;
    if (state === 'proven' || state === 'passed')
      return 'the archive changed meanwhile; apply the bundle again';
    return CONTENT_MISSING;
  }

  async #result(): Promise<ApplyResult> {
    const plan = this.#plan!;
    const writer = this.#writer;
    const { dryRun = false } = this.#options;
    await this.#report(plan, dryRun);
    this.#closingNotices(plan);
    const { bundleId, manifest, largerAvailable, bytesNeeded, doneBefore } = plan;
    return {
      ...nothingDone(this.#archive, { input: this.#opened.label, bundleId, manifest }),
      ...(dryRun ? { ...plan.additions, failures: plan.failures } : {}),
      ...(writer === null ? {} : doneBy(writer)),
      dryRun,
      resumed: writer !== null && plan.resumes,
      outcomes: dryRun ? plan.counts() : sumOf(plan.countsDone(), writer?.tally.counter.tally()),
      doneBefore,
      largerAvailable,
      bytesNeeded,
      backupPath: this.#backupPath,
      findings: this.#findings.listed,
      findingsTotal: this.#findings.total,
      strays: this.#opened.strays,
      seconds: (performance.now() - this.#started) / 1000,
    };
  }

  async #report(plan: ApplyPlan, dryRun: boolean): Promise<void> {
    const operation = this.#writer?.operation.operationId ?? plan.earlier.operation?.operation_id ?? null;
    const { report } = this.#options;
    if (report !== undefined && !dryRun && operation !== null)
      await writeReport(this.#archive.db, operation, report);
  }

  #closingNotices(plan: ApplyPlan): void {
    if (plan.personalLeft) this.#observer({ type: 'notice', notice: 'personal-left-behind', params: {} });
    for (const name of this.#opened.strays)
      this.#observer({ type: 'notice', notice: 'stray-file', params: { name } });
    if (plan.largerAvailable > 0 && this.#onConflict === 'keep-local') {
      this.#observer({ type: 'notice', notice: 'larger-available', params: { count: plan.largerAvailable } });
    }
  }
}

function doneBy({ operation, settler, tally }: ApplyWriter): Partial<ApplyResult> {
  const { columnsFilled, linksAdded, personalAdded } = settler.added;
  const written = { columnsFilled, linksAdded, personalAdded, authorsAdded: settler.authors.added };
  return { operationId: operation.operationId, ...written, ...tally.written };
}
