import { canonicalLine } from '../base/canonical-json.ts';
import type { Observer } from '../base/events.ts';
import { MAX_LINE_BYTES, MAX_TEXT_LENGTH } from '../base/limits.ts';
import type { Archive } from '../archive/open.ts';
import { ShardBuilder } from '../manifest/shards.ts';
import type { FileReference, OmissionReason } from '../manifest/types.ts';
import type { PlanStore } from './plan-store.ts';
import type { Omission } from './planned.ts';
import { RowRecords } from './row-record.ts';

export interface SurveyRow {
  readonly seq: number;
  readonly id: number;
  readonly why: string;
  readonly state: 'ok' | OmissionReason;
  readonly path: string;
  readonly name: string;
  readonly digest: string | null;
  readonly size: number;
  readonly mtime: number;
  readonly url: string | null;
  readonly local_path: string;
  readonly detail: string | null;
}

export interface MakePlanOptions {
  readonly includePersonal: boolean;
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
}

/** Turns the survey into records, shards, files and omissions, a volume at a time. */
export class PlanMaker {
  readonly #archive: Archive;
  readonly #plan: PlanStore;
  readonly #options: MakePlanOptions;
  readonly #records: RowRecords;

  constructor(archive: Archive, plan: PlanStore, options: MakePlanOptions) {
    this.#archive = archive;
    this.#plan = plan;
    this.#options = options;
    this.#records = new RowRecords(archive, options);
  }

  makeVolume(number: number): void {
    const { db } = this.#archive;
    this.#plan.addVolume(number);
    const shards = new NumberedShards(this.#plan, number, 'records');
    const leaveOut = db.prepare<[number]>(`UPDATE temp.survey SET state = 'too-large' WHERE seq = ?`);
    for (const row of surveyRows(this.#archive, number, this.#options.signal)) {
      if (this.#planRow(row, shards, number)) continue;
      leaveOut.run(row.seq);
      this.#plan.addOmission(number, omissionOf({ ...row, state: 'too-large', detail: 'its metadata' }));
    }
    shards.finish();
    this.#planAuthors(number);
  }

  /** False when the row's record would be longer than a reader accepts. */
  #planRow(row: SurveyRow, shards: NumberedShards, volume: number): boolean {
    if (row.state !== 'ok') {
      this.#plan.addOmission(volume, omissionOf(row));
      return true;
    }
    const { file, line } = recordOf(row, this.#records);
    if (Buffer.byteLength(line) > MAX_LINE_BYTES) return false;
    shards.add(line);
    this.#plan.addRecord(volume, {
      imageId: row.id,
      digest: file?.digest ?? null,
      url: row.url,
      localPath: row.local_path,
    });
    if (file)
      this.#plan.addFile(
        volume,
        { digest: file.digest, size: file.size, name: file.name },
        row.path,
        row.mtime,
      );
    return true;
  }

  #planAuthors(volume: number): void {
    const shards = new NumberedShards(this.#plan, volume, 'authors');
    for (const author of this.#records.authors(this.#options.includePersonal, volume)) {
      const line = canonicalLine(author);
      if (Buffer.byteLength(line) <= MAX_LINE_BYTES) shards.add(line);
      else this.#records.repaired += 1;
    }
    shards.finish();
  }

  /** Says what of the rows does not travel as it is. */
  tell(): void {
    const { repaired } = this.#records;
    const columns = this.#records.unknownColumns();
    if (columns.length > 0)
      this.#options.observer({
        type: 'notice',
        notice: 'columns-left-behind',
        params: { columns: columns.join(', ') },
      });
    if (repaired > 0)
      this.#options.observer({ type: 'notice', notice: 'text-repaired', params: { count: repaired } });
  }
}

/** The surveyed rows of one volume, or of all, in the order of the bundle. */
export function* surveyRows(
  archive: Archive,
  volume: number | null,
  signal: AbortSignal | undefined,
): Generator<SurveyRow> {
  const select = archive.db.prepare<[number, number | null], SurveyRow>(
    `SELECT * FROM temp.survey WHERE seq > ? AND volume ${volume === null ? 'IS NOT ?' : '= ?'} ORDER BY seq LIMIT 500`,
  );
  for (let last = 0; ; ) {
    signal?.throwIfAborted();
    const rows = select.all(last, volume);
    if (rows.length === 0) return;
    yield* rows;
    last = rows.at(-1)!.seq;
  }
}

/** What travels of a row whose file, if it carries one, can be packed. */
export function recordOf(
  row: SurveyRow,
  records: RowRecords,
): { readonly file: FileReference | null; readonly line: string } {
  const file =
    row.why === 'both'
      ? null
      : { digest: row.digest!, size: row.size, name: travellingName(row.name), mtime: row.mtime };
  return { file, line: canonicalLine(records.record(row.id, file, row.digest)) };
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
