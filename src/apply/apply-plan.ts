import { breathe, needsToBreathe } from '../base/breathe.ts';
import { BundleError } from '../base/errors.ts';
import type { Observer } from '../base/events.ts';
import { freeBytes, hasLinks, maxFileBytes, lackOfRoom } from '../base/room.ts';
import type { Archive } from '../archive/open.ts';
import { recordName } from '../manifest/record-name.ts';
import type { AuthorRecord, ImageRecord, Manifest } from '../manifest/types.ts';
import type { MergeContext } from '../merge/merge-context.ts';
import { type Outcome, OutcomeCounter, type OutcomeTally } from '../merge/outcomes.ts';
import { type MergePlan, type PlannedRecord, planMerge, type PlanOptions } from '../merge/plan-merge.ts';
import { isPersonal, PersonalRows } from '../merge/personal-rows.ts';
import type { DigestTable } from '../reading/digest-table.ts';
import type { RecordShard } from '../reading/record-shard.ts';
import { DoneRecords } from './done-records.ts';
import { type EarlierRun, findEarlier, goesOn } from './earlier-run.ts';
import type { ApplyResult } from './options.ts';
import { RecordSpool } from './record-spool.ts';
import { type Failure, MOST_LISTED } from './run-tally.ts';

/** A row with its tags, links and books takes about this much of the database. */
const ROW_BYTES = 4096;

/** What became of a record whose image is in the archive. */
const HERE: ReadonlySet<Outcome> = new Set<Outcome>(['added', 'present', 'restored', 'conflict']);

export interface ApplyPlanOptions extends PlanOptions {
  /** All contents that records name, while they pass by. */
  readonly contents: DigestTable;
  readonly observer: Observer;
}

/**
 * What applying a bundle would do, decided record by record as the head of the bundle passes, and
 * what an earlier run has done of it. Nothing is written but temporary tables.
 */
export class ApplyPlan {
  readonly archive: Archive;
  readonly manifest: Manifest;
  readonly bundleId: string;
  readonly context: MergeContext;
  readonly spool: RecordSpool;
  readonly earlier: EarlierRun;
  /** Ordinals of records that no reader would accept. */
  readonly refused: number[] = [];
  /** Records that passed by, whatever became of them. */
  came = 0;
  /** Records that an earlier run finished and that need nothing now. */
  doneBefore = 0;
  /** Files, columns, links and details of authors that would be new: when there are none, no row of the user's changes. */
  changes = 0;
  /** Favourite authors of the sender that are none here; empty unless personal data is wanted. */
  readonly favorites: string[] = [];
  /** Authors whose images an earlier run brought, and whose details did not come with them. */
  readonly authorsOwed: string[] = [];
  /** Records that would fail whatever comes, by name. */
  readonly failures: Failure[] = [];
  /** Personal data that the bundle carries and that stays in it. */
  personalLeft = false;

  readonly #options: ApplyPlanOptions;
  readonly #merge: MergePlan;
  readonly #done: DoneRecords;
  readonly #settled = new OutcomeCounter();
  readonly #authorsDone = new Set<string>();
  #authorsLacking = 0;

  constructor(context: MergeContext, manifest: Manifest, bundleId: string, options: ApplyPlanOptions) {
    const { archive } = context;
    this.archive = archive;
    this.manifest = manifest;
    this.bundleId = bundleId;
    this.#options = options;
    this.context = context;
    this.spool = new RecordSpool(archive.scratch, options.contents);
    this.earlier = findEarlier(archive, manifest, bundleId);
    this.#done = DoneRecords.read(archive, this.earlier, manifest.totals.records);
    this.#merge = planMerge(context, options);
  }

  /** Shards come in the order of the bundle. */
  async addRecords(shard: RecordShard): Promise<void> {
    const { first, count } = shard;
    for (let at = 0; at < count; at += 1) {
      if (needsToBreathe()) await breathe();
      this.#options.signal?.throwIfAborted();
      const record = shard.record(at);
      const planned = this.#merge.add(record);
      this.#note(
        first + at,
        record,
        shard.lineBytes(at),
        planned instanceof Promise ? await planned : planned,
      );
    }
    this.spool.endShard(shard);
    this.came += count;
    this.#options.observer({ type: 'progress', done: first + count });
  }

  #note(ordinal: number, record: ImageRecord | null, lineBytes: number, planned: PlannedRecord): void {
    const { outcome, needsFile, yields, reason, changes } = planned;
    if (reason !== null && this.failures.length < MOST_LISTED)
      this.failures.push({ record: recordName(record), reason });
    if (record !== null && !this.#options.personal && isPersonal(record)) this.personalLeft = true;
    if (record === null) {
      this.refused.push(ordinal);
    } else if (this.#done.has(ordinal) && !needsFile && changes === 0) {
      this.doneBefore += 1;
      this.#settled.add(outcome);
      if (HERE.has(outcome) && record.image.author !== undefined) this.#authorsDone.add(record.image.author);
    } else {
      this.changes += changes + (needsFile ? 1 : 0);
      this.spool.add(ordinal, record, lineBytes, needsFile || yields);
    }
  }

  addAuthors(authors: readonly AuthorRecord[]): void {
    for (const author of authors) {
      this.spool.addAuthor(author);
      if (author.details !== undefined && this.#lacksDetails(author.author)) {
        this.changes += 1;
        this.#authorsLacking += 1;
        if (this.#authorsDone.has(author.author)) this.authorsOwed.push(author.author);
      }
      if (author.favorite) this.#noteFavorite(author.author);
    }
  }

  #lacksDetails(author: string): boolean {
    const { archive, context } = this;
    if (!archive.shape.hasColumn('author_details', 'author') || context.banned.has(author)) return false;
    return archive.db.prepare('SELECT 1 FROM main.author_details WHERE author = ?').get(author) === undefined;
  }

  #noteFavorite(author: string): void {
    const { archive, context } = this;
    if (!this.#options.personal) this.personalLeft = true;
    else if (
      !context.banned.has(author) &&
      new PersonalRows(archive.db, archive.shape, null).addFavorite(author, new Date())
    ) {
      this.favorites.push(author);
      this.changes += 1;
    }
  }

  /** True when an earlier run has done everything and all of it is still there. */
  get nothingToDo(): boolean {
    return (
      this.earlier.operation !== null &&
      this.earlier.number !== null &&
      this.#booksAreClosed &&
      this.spool.count + this.favorites.length + this.authorsOwed.length === 0 &&
      this.refused.length === 0 &&
      !this.#owesRequest() &&
      !this.#isMissingVolume
    );
  }

  /** Of a volume whose earlier copy was damaged somewhere, this one may be whole: its series waits for that. */
  get #isMissingVolume(): boolean {
    return this.manifest.volume.count > 1 && !this.earlier.wasWhole;
  }

  /** A run that was stopped behind its last record has still to say that it is done. */
  get #booksAreClosed(): boolean {
    const { kind, list, operation } = this.earlier;
    return kind === 'own' ? list?.status === 'completed' : operation?.status !== 'pending';
  }

  /** A request of ours may name what the bundle says it could not serve. */
  #owesRequest(): boolean {
    const { earlier } = this;
    return earlier.kind === 'request' && earlier.list?.status === 'pending' && this.doneBefore === 0;
  }

  /** True when an unfinished operation is there to go on with. */
  get resumes(): boolean {
    return goesOn(this.earlier);
  }

  /** An earlier run finished this record. */
  isDone(ordinal: number): boolean {
    return this.#done.has(ordinal);
  }

  /** What would become of all records, as decided now. */
  counts(): OutcomeTally {
    return this.#merge.counts();
  }

  /** What became of the records that earlier runs finished. */
  countsDone(): OutcomeTally {
    return this.#settled.tally();
  }

  get largerAvailable(): number {
    return this.#merge.largerAvailable();
  }

  /** What a run would add beside photos, as its result says it. */
  get additions(): Pick<ApplyResult, 'columnsFilled' | 'linksAdded' | 'authorsAdded' | 'personalAdded'> {
    const { columns, links, personal } = this.#merge.additions();
    return {
      columnsFilled: columns,
      linksAdded: links,
      authorsAdded: this.#authorsLacking,
      personalAdded: personal + this.favorites.length,
    };
  }

  /** Bytes of photo files to write. */
  get fileBytes(): number {
    return this.#merge.bytesNeeded();
  }

  /** Bytes that files and rows will take. */
  get bytesNeeded(): number {
    return this.fileBytes + this.spool.count * ROW_BYTES;
  }

  /**
   * Tells before anything is written what the disk cannot hold.
   *
   * @throws BundleError `no-space`, `file-too-large`
   */
  checkRoom(): void {
    const { root } = this.archive;
    const { name, size } = this.#merge.largestFile();
    const limit = maxFileBytes(root);
    if (size > limit) {
      const params = { what: name, size: `${size} bytes`, limit: `${limit} bytes`, path: root };
      throw new BundleError('file-too-large', { params });
    }
    if (this.fileBytes > 0 && !hasLinks(root)) {
      this.#options.observer({ type: 'notice', notice: 'no-links', params: { path: root } });
    }
    const free = freeBytes(root);
    if (free < 0 || free >= this.bytesNeeded) return;
    throw new BundleError('no-space', {
      params: lackOfRoom(root, this.bytesNeeded, free),
    });
  }
}
