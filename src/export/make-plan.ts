import { breathe } from '../base/breathe.ts';
import { canonicalLine } from '../base/canonical-json.ts';
import type { Observer } from '../base/events.ts';
import { MAX_LINE_BYTES, MAX_TEXT_LENGTH } from '../base/limits.ts';
import type { Archive } from '../archive/open.ts';
import { ShardBuilder } from '../manifest/shards.ts';
import type { FileReference, Manifest, OmissionReason } from '../manifest/types.ts';
import type { PlanStore } from './plan-store.ts';
import type { Omission } from './planned.ts';
import { type CountedRecord, RowRecords } from './row-record.ts';
import { SummaryTally } from './summary-tally.ts';
import { type SurveyRow, surveyPages } from './survey-rows.ts';

export interface MakePlanOptions {
  readonly includePersonal: boolean;
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
}

/** The line of a record, what is counted of it, and the file that it carries. */
export interface TravellingRow {
  readonly file: FileReference | null;
  readonly line: string;
  readonly counted: CountedRecord['counted'];
}

/** Turns the survey into records, shards, files and omissions, a volume at a time. */
export class PlanMaker {
  readonly #archive: Archive;
  readonly #plan: PlanStore;
  readonly #options: MakePlanOptions;
  readonly #records: RowRecords;
  /** Whose line is longer than a reader accepts. */
  readonly #authorsLeftOut = new Set<string>();

  constructor(archive: Archive, plan: PlanStore, options: MakePlanOptions) {
    this.#archive = archive;
    this.#plan = plan;
    this.#options = options;
    this.#records = new RowRecords(archive, options);
  }

  /** Returns what the pictures of the volume hold. */
  async makeVolume(number: number): Promise<Manifest['summary']> {
    const { db } = this.#archive;
    this.#plan.addVolume(number);
    const tally = new SummaryTally(this.#archive);
    const shards = new NumberedShards(this.#plan, number, 'records');
    const leaveOut = db.prepare<[number]>(`UPDATE temp.survey SET state = 'too-large' WHERE seq = ?`);
    const { imageColumns } = this.#records;
    for await (const page of surveyPages(this.#archive, imageColumns, number, this.#options.signal)) {
      this.#records.load(page);
      for (const row of page) {
        if (this.#planRow(row, shards, tally, number)) continue;
        leaveOut.run(row.seq);
        this.#plan.addOmission(number, omissionOf({ ...row, state: 'too-large', detail: 'its metadata' }));
      }
    }
    shards.finish();
    await this.#planAuthors(number);
    return tally.summary();
  }

  /** False when the row's record would be longer than a reader accepts. */
  #planRow(row: SurveyRow, shards: NumberedShards, tally: SummaryTally, volume: number): boolean {
    if (row.state !== 'ok') {
      this.#plan.addOmission(volume, omissionOf(row));
      return true;
    }
    const { file, line, counted } = recordOf(row, this.#records);
    if (Buffer.byteLength(line) > MAX_LINE_BYTES) return false;
    shards.add(line);
    tally.add(counted);
    const { path, mtime } = row;
    this.#plan.addRecord(
      volume,
      { imageId: row.id, url: row.url, localPath: row.local_path },
      file === null ? null : { digest: file.digest, size: file.size, name: file.name, path, mtime },
    );
    return true;
  }

  async #planAuthors(volume: number): Promise<void> {
    const shards = new NumberedShards(this.#plan, volume, 'authors');
    for (const author of this.#records.authors(this.#options.includePersonal, volume)) {
      await breathe();
      const line = canonicalLine(author);
      if (Buffer.byteLength(line) <= MAX_LINE_BYTES) shards.add(line);
      else this.#authorsLeftOut.add(author.author);
    }
    shards.finish();
  }

  /** Says what of the rows does not travel as it is. */
  tell(): void {
    const { repaired, leftOut } = this.#records;
    const columns = this.#records.unknownColumns();
    if (columns.length > 0)
      this.#options.observer({
        type: 'notice',
        notice: 'columns-left-behind',
        params: { columns: columns.join(', ') },
      });
    if (repaired > 0)
      this.#options.observer({ type: 'notice', notice: 'text-repaired', params: { count: repaired } });
    const count = leftOut + this.#authorsLeftOut.size;
    if (count > 0) this.#options.observer({ type: 'notice', notice: 'values-left-out', params: { count } });
  }
}

/** What travels of a row whose file, if it carries one, can be packed. */
export function recordOf(row: SurveyRow, records: RowRecords): TravellingRow {
  const file =
    row.why === 'both'
      ? null
      : { digest: row.digest!, size: row.size, name: travellingName(row.name), mtime: row.mtime };
  const { record, counted } = records.record(row, file);
  return { file, line: canonicalLine(record), counted };
}

export function omissionOf(row: SurveyRow): Omission {
  const { digest, detail, state } = row;
  const url = row.url === null || row.url.length > MAX_TEXT_LENGTH ? null : travellingText(row.url);
  return { imageId: row.id, localPath: row.local_path, digest, url, reason: state as OmissionReason, detail };
}

/** A base name that any reader accepts; what it cannot carry is put in the receiver's own words there. */
function travellingName(name: string): string {
  return travellingText(name).slice(0, 1024);
}

function travellingText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
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

  finish(): void {
    this.#store(this.#builder.flush());
  }

  #store(shard: ReturnType<ShardBuilder['flush']>): void {
    if (shard === null) return;
    this.#number += 1;
    this.#plan.addShard(this.#volume, this.#kind, this.#number, shard);
  }
}
