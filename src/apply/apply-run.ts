import { resolve } from 'node:path';
import { BundleError } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import type { FindingList } from '../base/findings.ts';
import { freeBytes } from '../base/room.ts';
import { backupDatabase, backupName } from '../archive/backup.ts';
import { Destinations } from '../archive/destination.ts';
import type { Archive } from '../archive/open.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import type { ImageRecord, Manifest, OmittedLine } from '../manifest/types.ts';
import { type MergeContext, mergeContext } from '../merge/merge-context.ts';
import { type Outcome, OutcomeCounter } from '../merge/outcomes.ts';
import { type MergePlan, planMerge } from '../merge/plan-merge.ts';
import { BundleWalk, type Payload, type WalkItem } from '../reading/bundle-walk.ts';
import type { OpenedBundle } from '../reading/open-bundle.ts';
import { skipUnwanted } from '../reading/skip-unwanted.ts';
import { notAcceptable } from './not-acceptable.ts';
import { DoneRecords } from './done-records.ts';
import { Leftovers } from './leftovers.ts';
import { ApplyOperation, type EarlierRun, findEarlier, listPaths } from './operation.ts';
import type { ApplyOptions, ApplyResult } from './options.ts';
import { RecordSpool } from './record-spool.ts';
import { writeReport } from './report.ts';
import { RecordSettler } from './settle-record.ts';
import { Window } from './window.ts';

const MOST_LISTED = 1000;
const WITHOUT_FILE_BATCH = 256;

/** A row with its tags, links and books takes about this much of the database. */
const ROW_BYTES = 4096;

/** One run of apply over one bundle, from its first byte to the summary. */
export class ApplyRun {
  readonly #archive: Archive;
  readonly #opened: OpenedBundle;
  readonly #findings: FindingList;
  readonly #options: ApplyOptions;
  readonly #observer: Observer;
  readonly #wait: WaitOptions;
  readonly #walk: BundleWalk;
  readonly #started = performance.now();
  readonly #counter = new OutcomeCounter();
  readonly #failures: { record: string; reason: string }[] = [];
  readonly #omitted = new Map<string, string>();

  #manifest: Manifest | null = null;
  #bundleId = '';
  #context: MergeContext | null = null;
  #spool: RecordSpool | null = null;
  #plan: MergePlan | null = null;
  #earlier: EarlierRun | null = null;
  #done: DoneRecords | null = null;
  #doneBefore = 0;
  #refusedRecords: number[] = [];
  #changes = 0;
  #unbooked = 0;
  #operation: ApplyOperation | null = null;
  #settler: RecordSettler | null = null;
  #leftovers: Leftovers | null = null;
  #destinations: Destinations | null = null;
  #window: Window | null = null;
  #backupPath: string | null = null;
  #bytesWritten = 0;
  #committed = 0;
  #resumed = false;

  constructor(archive: Archive, opened: OpenedBundle, findings: FindingList, options: ApplyOptions) {
    this.#archive = archive;
    this.#opened = opened;
    this.#findings = findings;
    this.#options = options;
    this.#observer = options.observer ?? silent;
    this.#wait = { observer: this.#observer, signal: options.signal, what: archive.path };
    this.#walk = new BundleWalk(opened.reader, findings, { proveAll: false, signal: options.signal });
  }

  async run(): Promise<ApplyResult> {
    try {
      for await (const item of this.#walk.items()) {
        const goOn = await this.#item(item);
        if (!goOn) return await this.#result();
      }
      await this.#closeWindow();
      if (this.#manifest === null) throw notAcceptable(this.#opened.label, this.#findings.listed);
      await this.#finish();
      return await this.#result();
    } catch (error) {
      await this.#stop();
      throw error;
    }
  }

  /** What is proven is kept, what is half is taken back. */
  async #stop(): Promise<void> {
    if (this.#options.signal?.aborted && this.#window) {
      const wait = { observer: this.#observer, what: this.#archive.path };
      await this.#closeWindow(wait).catch(() => {});
    }
    await this.#window?.abandon();
  }

  /** False when there is nothing more to do. */
  async #item(item: WalkItem): Promise<boolean> {
    switch (item.kind) {
      case 'manifest':
        this.#begin(item.manifest, item.bundleId);
        return true;
      case 'records':
        await this.#planRecords(item.first, item.records);
        return true;
      case 'authors':
        for (const author of item.authors) this.#spool!.addAuthor(author);
        return true;
      case 'payload-begins':
        return await this.#prepare();
      case 'payload':
        await this.#payload(item.payload);
        return true;
      case 'omitted':
        this.#noteOmitted(item.line);
        return true;
    }
  }

  #begin(manifest: Manifest, bundleId: string): void {
    this.#manifest = manifest;
    this.#bundleId = bundleId;
    this.#observer({ type: 'phase', phase: 'decide', total: manifest.totals.records, unit: 'records' });
    this.#context = mergeContext(this.#archive);
    this.#spool = new RecordSpool(this.#archive.db);
    this.#earlier = findEarlier(this.#archive, manifest, bundleId);
    this.#done = DoneRecords.read(this.#archive, this.#earlier);
    this.#plan = planMerge(
      this.#archive,
      { checkLocal: this.#options.checkLocal ?? false, fill: this.#metadata === 'fill', onConflict: this.#onConflict, signal: this.#options.signal },
      this.#context,
    );
  }

  get #metadata(): 'fill' | 'keep' {
    return this.#options.metadata ?? 'fill';
  }

  get #onConflict() {
    return this.#options.onConflict ?? 'keep-local';
  }

  async #planRecords(first: number, records: readonly (ImageRecord | null)[]): Promise<void> {
    for (const [at, record] of records.entries()) {
      this.#options.signal?.throwIfAborted();
      const ordinal = first + at;
      const { outcome, needsFile, changes } = await this.#plan!.add(record);
      const done = this.#done!.has(ordinal);
      if (record === null) {
        this.#refusedRecords.push(ordinal);
        continue;
      }
      if (done && !needsFile && changes === 0) {
        this.#doneBefore += 1;
        this.#counter.add(outcome);
        continue;
      }
      if (!done) this.#unbooked += 1;
      this.#changes += changes + (needsFile ? 1 : 0);
      this.#spool!.add(ordinal, record, needsFile);
    }
    this.#observer({ type: 'progress', done: first + records.length });
  }

  /** Everything is known but the payload: refuse, stop here, or make ready to write. */
  async #prepare(): Promise<boolean> {
    if (this.#findings.refused) throw notAcceptable(this.#opened.label, this.#findings.listed);
    if (this.#options.dryRun) return false;
    if (this.#spool!.count === 0 && this.#refusedRecords.length === 0 && !this.#owesRequest()) {
      this.#observer({ type: 'notice', notice: 'already-applied', params: {} });
      return false;
    }
    this.#checkRoom();
    await this.#backup();
    await this.#beginOperation();
    await this.#settleWithoutFile();
    await skipUnwanted(this.#opened, this.#walk, (digest) => this.#spool!.wants(digest));
    this.#observer({ type: 'phase', phase: 'apply', total: this.#plan!.bytesNeeded(), unit: 'bytes' });
    return true;
  }

  /** A request of ours may name what the bundle says it could not serve. */
  #owesRequest(): boolean {
    const earlier = this.#earlier;
    if (earlier === null) return true;
    return earlier.kind === 'request' && earlier.list.status === 'pending' && this.#doneBefore === 0;
  }

  #checkRoom(): void {
    const needed = this.#bytesNeeded();
    const free = freeBytes(this.#archive.root);
    if (free >= 0 && free < needed) {
      throw new BundleError('no-space', { params: { what: this.#archive.root, reason: `${needed} bytes are needed and ${free} are free` } });
    }
  }

  #bytesNeeded(): number {
    return (this.#plan?.bytesNeeded() ?? 0) + (this.#spool?.count ?? 0) * ROW_BYTES;
  }

  /** Once per operation, and never when no row of the user's changes. */
  async #backup(): Promise<void> {
    const goesOn = this.#earlier?.operation?.status === 'pending';
    if (this.#options.backup === false || this.#changes === 0 || goesOn) return;
    this.#observer({ type: 'phase', phase: 'backup' });
    const target = backupName(this.#archive.path, new Date());
    await backupDatabase(this.#archive.path, target, this.#observer, this.#options.signal);
    this.#backupPath = target;
    this.#observer({ type: 'notice', notice: 'backup-made', params: { path: target } });
  }

  async #beginOperation(): Promise<void> {
    const { db, root } = this.#archive;
    const manifest = this.#manifest!;
    const earlier = this.#earlier;
    this.#resumed = earlier?.operation !== null && earlier?.operation !== undefined && earlier.operation.status !== 'completed';
    if (this.#resumed) this.#observer({ type: 'notice', notice: 'resuming', params: { operation: earlier!.operation!.operation_id } });
    this.#operation = await ApplyOperation.begin(
      this.#archive,
      { manifest, bundleId: this.#bundleId, earlier, source: resolveLabel(this.#opened.label), total: manifest.totals.records, now: new Date() },
      this.#wait,
    );
    const pathOf = (ordinal: number) => {
      const record = this.#spool!.record(ordinal);
      return record === null ? null : listPaths(record)[0]!;
    };
    await this.#operation.completeListRows(earlier?.kind ?? 'own', manifest.totals.records, pathOf, this.#wait);
    await this.#operation.prepare(earlier?.kind ?? 'own', this.#wait);
    this.#context!.index.refresh();
    this.#leftovers = await Leftovers.find(db, this.#operation, root, this.#context!.index, this.#wait);
    this.#destinations = new Destinations(root, (path) => this.#context!.index.namesFile(path));
    this.#settler = new RecordSettler(this.#context!, this.#operation, this.#spool!, { onConflict: this.#onConflict, metadata: this.#metadata });
  }

  /** Records of images that are here, banned or without a file: they wait for no payload. */
  async #settleWithoutFile(): Promise<void> {
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const records = this.#spool!.withoutFile(WITHOUT_FILE_BATCH);
      if (records.length === 0) return;
      this.#window = await Window.open(records, this.#windowOptions());
      await this.#closeWindow();
    }
  }

  async #payload(payload: Payload): Promise<void> {
    const spool = this.#spool!;
    if (!spool.wants(payload.digest)) return;
    if (!this.#window?.has(payload.digest)) {
      await this.#closeWindow();
      this.#window = await Window.open(spool.window(payload.digest), this.#windowOptions());
    }
    await this.#window.stage(payload);
    this.#bytesWritten += payload.size;
    this.#observer({ type: 'progress', done: this.#bytesWritten, item: payload.digest });
  }

  #windowOptions() {
    return {
      context: this.#context!,
      destinations: this.#destinations!,
      operation: this.#operation!,
      leftovers: this.#leftovers!,
      onConflict: this.#onConflict,
      checkLocal: this.#options.checkLocal ?? false,
      allowTypes: this.#options.allowTypes ?? [],
      wait: this.#wait,
    };
  }

  /** Files become durable and get their names; then rows, links, books in one short transaction. */
  async #closeWindow(wait: WaitOptions = this.#wait): Promise<void> {
    const window = this.#window;
    if (window === null) return;
    await window.place();
    const unused: string[] = [];
    const { ready, failed, waiting } = window.outcome();
    const now = new Date();
    const settled = await immediately(this.#archive.db, () => {
      this.#context!.index.refresh();
      const outcomes: Outcome[] = [];
      for (const prepared of ready) {
        const result = this.#settler!.settle(prepared, now);
        if (result === null) this.#spool!.needFile(prepared.ordinal);
        else outcomes.push(result.outcome);
        if (result?.unused && prepared.localPath !== null) unused.push(prepared.localPath);
      }
      for (const { ordinal, record, reason, pendingRow } of failed) {
        this.#operation!.book({ ordinal, record, outcome: 'failed', imageId: null, localPath: null, message: reason, pendingRow }, now);
        this.#spool!.settle(ordinal);
      }
      for (const { ordinal, pendingRow } of waiting) {
        this.#operation!.dropPending(pendingRow);
        this.#spool!.needFile(ordinal);
      }
      return outcomes;
    }, wait);
    this.#window = null;
    for (const outcome of settled) this.#counter.add(outcome);
    this.#committed += settled.length;
    for (const { record, reason } of failed) this.#fail(record, reason);
    for (const path of unused) await window.removeUnused(path);
    this.#destinations!.settle();
  }

  #fail(record: ImageRecord | null, reason: string): void {
    this.#counter.add('failed');
    if (this.#failures.length < MOST_LISTED) this.#failures.push({ record: recordName(record), reason });
  }

  #noteOmitted(line: OmittedLine): void {
    const reason = `left out by the sender: ${line.omitted}${line.detail === undefined ? '' : ` (${line.detail})`}`;
    const path = line.digest === undefined ? `url_${line.url ?? ''}` : `hash_${line.digest}`;
    this.#omitted.set(path, reason);
  }

  /** Whatever never came is booked as failed, and the books are closed. */
  async #finish(): Promise<void> {
    this.#observer({ type: 'phase', phase: 'finish' });
    const operation = this.#operation!;
    const now = new Date();
    for (;;) {
      const records = this.#spool!.remaining(WITHOUT_FILE_BATCH);
      if (records.length === 0) break;
      await immediately(this.#archive.db, () => {
        for (const { ordinal, record } of records) {
          const reason = this.#whyMissing(record);
          operation.book({ ordinal, record, outcome: 'failed', imageId: null, localPath: null, message: reason, pendingRow: null }, now);
          this.#spool!.settle(ordinal);
          this.#fail(record, reason);
        }
      }, this.#wait);
    }
    await immediately(this.#archive.db, () => {
      for (const ordinal of this.#refusedRecords) {
        operation.book({ ordinal, record: null, outcome: 'failed', imageId: null, localPath: null, message: 'the record is not valid', pendingRow: null }, now);
        this.#fail(null, 'the record is not valid');
      }
      for (const [path, reason] of this.#omitted) operation.bookUnserved(path, reason);
    }, this.#wait);
    await this.#leftovers!.remove(this.#wait);
    const errors = this.#counter.tally().failed;
    await immediately(this.#archive.db, () => operation.finish(errors, new Date()), this.#wait);
    if (this.#findings.damaged > 0 && this.#committed === 0 && this.#doneBefore === 0) {
      throw notAcceptable(this.#opened.label, this.#findings.listed);
    }
  }

  #whyMissing(record: ImageRecord): string {
    for (const path of listPaths(record)) {
      const reason = this.#omitted.get(path);
      if (reason !== undefined) return reason;
    }
    const state = record.file ? this.#walk.contents.get(record.file.digest)?.state : undefined;
    if (state === 'damaged') return 'the file in the bundle is damaged';
    if (state === 'proven' || state === 'passed') return 'the archive changed meanwhile; apply the bundle again';
    return 'the file is not in the bundle';
  }

  async #result(): Promise<ApplyResult> {
    const { report, dryRun } = this.#options;
    const operationId = this.#operation?.operationId ?? null;
    const booked = operationId ?? this.#earlier?.list.operation_id ?? null;
    if (report !== undefined && !dryRun && booked !== null) await writeReport(this.#archive.db, booked, report);
    for (const name of this.#opened.strays) this.#observer({ type: 'notice', notice: 'stray-file', params: { name } });
    const larger = this.#plan!.largerAvailable();
    if (larger > 0 && this.#onConflict === 'keep-local') this.#observer({ type: 'notice', notice: 'larger-available', params: { count: larger } });
    return {
      input: this.#opened.label,
      dryRun: dryRun ?? false,
      bundleId: this.#bundleId,
      manifest: this.#manifest!,
      operationId,
      resumed: this.#resumed,
      outcomes: dryRun ? this.#plan!.counts() : this.#counter.tally(),
      doneBefore: this.#doneBefore,
      largerAvailable: larger,
      columnsFilled: this.#settler?.columnsFilled ?? 0,
      linksAdded: this.#settler?.linksAdded ?? 0,
      authorsAdded: this.#settler?.authorsAdded ?? 0,
      bytesWritten: this.#bytesWritten,
      bytesNeeded: this.#bytesNeeded(),
      bytesFree: freeBytes(this.#archive.root),
      backupPath: this.#backupPath,
      findings: this.#findings.listed,
      findingsTotal: this.#findings.total,
      strays: this.#opened.strays,
      failures: this.#failures,
      seconds: (performance.now() - this.#started) / 1000,
    };
  }
}

function recordName(record: ImageRecord | null): string {
  if (record === null) return '?';
  return record.image.title || record.image.url || record.file?.name || record.image.page_url || '?';
}

function resolveLabel(label: string): string {
  return label === '-' ? label : resolve(label);
}
