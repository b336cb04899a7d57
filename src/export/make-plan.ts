import { breathe } from '../base/breathe.ts';
import { canonicalLine } from '../base/canonical-json.ts';
import type { Observer } from '../base/events.ts';
import { MAX_LINE_BYTES, MAX_TEXT_LENGTH } from '../base/limits.ts';
import type { Archive } from '../archive/open.ts';
import { ShardBuilder } from '../manifest/shards.ts';
import { IMAGE_COLUMNS, type Manifest, type OmissionReason } from '../manifest/types.ts';
import { AuthorRecords } from './author-records.ts';
import { LossTally } from './loss-tally.ts';
import { MADE, type MadeRecords, travellingName } from './make-records.ts';
import type { PlanStore } from './plan-store.ts';
import type { Omission } from './planned.ts';
import { recordPages, type RecordPagesOptions } from './record-pages.ts';
import { SummaryTally } from './summary-tally.ts';
import type { SurveyRow } from './survey-rows.ts';
import { travellingText } from './travelling-text.ts';

/** Columns of `images` that never travel and need no mention. */
const LOCAL_COLUMNS = ['id', 'local_path', 'sha256_hash', 'metadata_updated'];

export interface MakePlanOptions extends RecordPagesOptions {
  readonly observer: Observer;
}

/** A surveyed row, and what is told of its image. */
export interface RowFacts {
  readonly row: SurveyRow;
  readonly url: string | null;
  readonly localPath: string;
}

/** Turns the survey into records, shards, files and omissions, a volume at a time. */
export class PlanMaker {
  readonly #archive: Archive;
  readonly #plan: PlanStore;
  readonly #options: MakePlanOptions;
  readonly #losses = new LossTally();
  readonly #authors: AuthorRecords;
  /** Whose line is longer than a reader accepts. */
  readonly #authorsLeftOut = new Set<string>();

  constructor(archive: Archive, plan: PlanStore, options: MakePlanOptions) {
    this.#archive = archive;
    this.#plan = plan;
    this.#options = options;
    this.#authors = new AuthorRecords(archive, options);
  }

  /** Returns what the pictures of the volume hold. */
  async makeVolume(number: number): Promise<Manifest['summary']> {
    this.#plan.addVolume(number);
    const tally = new SummaryTally(this.#archive);
    const shards = new NumberedShards(this.#plan, number, 'records');
    for await (const [rows, made] of recordPages(this.#archive, number, this.#options)) {
      this.#planPage(rows, made, number);
      shards.addLines(made);
      tally.add(made.counts);
      this.#losses.add(made);
    }
    shards.finish();
    this.#plan.closeVolume(number);
    const summary = tally.summary();
    await this.#planAuthors(number, tally.authors());
    return summary;
  }

  #planPage(rows: readonly SurveyRow[], made: MadeRecords, volume: number): void {
    for (const [at, row] of rows.entries()) {
      const facts = { row, url: made.urls[at]!, localPath: made.localPaths[at]! };
      if (made.made[at] === MADE.record) this.#planRecord(facts, volume);
      if (made.made[at] === MADE.nothing) this.#plan.addOmission(volume, omissionOf(facts));
      if (made.made[at] === MADE.tooLong) this.#leaveOut(facts, volume);
    }
  }

  #planRecord({ row, url, localPath }: RowFacts, volume: number): void {
    const { id, why, digest, size, path, mtime } = row;
    const file =
      why === 'both' ? null : { digest: digest!, size, name: travellingName(localPath), path, mtime };
    this.#plan.addRecord(volume, { imageId: id, url, localPath }, file);
  }

  #leaveOut(facts: RowFacts, volume: number): void {
    leaveOut(this.#archive, facts.row.seq);
    this.#plan.addOmission(volume, tooLong(facts));
  }

  async #planAuthors(number: number, authors: readonly unknown[]): Promise<void> {
    const shards = new NumberedShards(this.#plan, number, 'authors');
    for (const author of this.#authors.of(authors)) {
      await breathe();
      const line = canonicalLine(author);
      if (Buffer.byteLength(line) <= MAX_LINE_BYTES) shards.add(line);
      else this.#authorsLeftOut.add(author.author);
    }
    shards.finish();
  }

  /** Says what of the rows does not travel as it is. */
  tell(): void {
    const columns = unknownColumns(this.#archive);
    if (columns.length > 0)
      this.#options.observer({
        type: 'notice',
        notice: 'columns-left-behind',
        params: { columns: columns.join(', ') },
      });
    const { texts } = this.#authors;
    const repaired = this.#losses.repaired + texts.repaired;
    if (repaired > 0)
      this.#options.observer({ type: 'notice', notice: 'text-repaired', params: { count: repaired } });
    const count = this.#losses.leftOut + texts.leftOut + this.#authorsLeftOut.size;
    if (count > 0) this.#options.observer({ type: 'notice', notice: 'values-left-out', params: { count } });
  }
}

/** Columns of `images` that this version does not know and that stay behind. */
function unknownColumns({ shape }: Archive): string[] {
  const known = new Set<string>([...IMAGE_COLUMNS, ...LOCAL_COLUMNS]);
  return shape.columns('images').filter((column) => !known.has(column));
}

const LOST_METADATA = { state: 'too-large', detail: 'its metadata' } as const;

/** The record of a surveyed row is longer than a reader accepts. */
export function leaveOut({ db }: Archive, seq: number): void {
  const { state, detail } = LOST_METADATA;
  db.prepare('UPDATE temp.survey SET state = ?, detail = ? WHERE seq = ?').run(state, detail, seq);
}

export function tooLong(facts: RowFacts): Omission {
  return omissionOf({ ...facts, row: { ...facts.row, ...LOST_METADATA } });
}

export function omissionOf({ row, url, localPath }: RowFacts): Omission {
  const { id, digest, detail, state } = row;
  const travelling = url === null || url.length > MAX_TEXT_LENGTH ? null : travellingText(url);
  return { imageId: id, localPath, digest, url: travelling, reason: state as OmissionReason, detail };
}

/** Lines go in, numbered shards come out into the plan. */
class NumberedShards {
  readonly #plan: PlanStore;
  readonly #volume: number;
  readonly #kind: 'records' | 'authors';
  readonly #builder = new ShardBuilder();
  #number = 0;

  constructor(plan: PlanStore, volume: number, kind: 'records' | 'authors') {
    this.#plan = plan;
    this.#volume = volume;
    this.#kind = kind;
  }

  add(line: string): void {
    this.#store(this.#builder.add(line));
  }

  addLines({ lines, ends }: MadeRecords): void {
    for (const shard of this.#builder.addLines(lines, ends)) this.#store(shard);
  }

  finish(): void {
    this.#store(this.#builder.flush());
  }

  #store(shard: ReturnType<ShardBuilder['flush']>): void {
    if (shard === null) return;
    this.#number += 1;
    this.#plan.addShard(this.#volume, this.#kind, this.#number, shard);
  }
}
