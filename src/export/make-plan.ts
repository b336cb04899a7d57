import { canonicalLine } from '../base/canonical-json.ts';
import type { Observer } from '../base/events.ts';
import { MAX_LINE_BYTES, MAX_TEXT_LENGTH } from '../base/limits.ts';
import type { Archive } from '../archive/open.ts';
import { ShardBuilder } from '../manifest/shards.ts';
import type { OmissionReason } from '../manifest/types.ts';
import type { PlanStore } from './plan-store.ts';
import { RowRecords } from './row-record.ts';

interface SurveyRow {
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

/** Turns the survey into records, shards, files and omissions. */
export function makePlan(archive: Archive, plan: PlanStore, options: MakePlanOptions): void {
  const records = new RowRecords(archive, options);
  noteUnknownColumns(records, options.observer);
  const shards = new NumberedShards(plan, 'records');
  const select = archive.db.prepare<[number], SurveyRow>('SELECT * FROM temp.survey WHERE seq > ? ORDER BY seq LIMIT 500');
  const leaveOut = archive.db.prepare<[number]>(`UPDATE temp.survey SET state = 'too-large' WHERE seq = ?`);
  for (let last = 0; ; ) {
    options.signal?.throwIfAborted();
    const rows = select.all(last);
    if (rows.length === 0) break;
    for (const row of rows) {
      if (planRow(row, records, shards, plan)) continue;
      leaveOut.run(row.seq);
      planOmission({ ...row, state: 'too-large', detail: 'its metadata' }, plan);
    }
    last = rows.at(-1)!.seq;
  }
  shards.finish();
  planAuthors(records, plan, options.includePersonal);
  if (records.repaired > 0) options.observer({ type: 'notice', notice: 'text-repaired', params: { count: records.repaired } });
}

/** False when the row's record would be longer than a reader accepts. */
function planRow(row: SurveyRow, records: RowRecords, shards: NumberedShards, plan: PlanStore): boolean {
  const { digest, url } = row;
  if (row.state !== 'ok') {
    planOmission(row, plan);
    return true;
  }
  const metadataOnly = row.why === 'both';
  const file = metadataOnly ? null : { digest: digest!, size: row.size, name: travellingName(row.name), mtime: row.mtime };
  const line = canonicalLine(records.record(row.id, file, digest));
  if (Buffer.byteLength(line) > MAX_LINE_BYTES) return false;
  shards.add(line);
  plan.addRecord({ imageId: row.id, digest: file?.digest ?? null, url, localPath: row.local_path });
  if (file) plan.addFile({ digest: file.digest, size: file.size, name: file.name }, row.path, row.mtime);
  return true;
}

function planOmission(row: SurveyRow, plan: PlanStore): void {
  const { digest, detail, state } = row;
  const url = row.url === null || row.url.length > MAX_TEXT_LENGTH ? null : travellingText(row.url);
  plan.addOmission({ imageId: row.id, localPath: row.local_path, digest, url, reason: state as OmissionReason, detail });
}

/** A base name that any reader accepts; what it cannot carry is put in the receiver's own words there. */
function travellingName(name: string): string {
  return travellingText(name).slice(0, 1024);
}

function travellingText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

function planAuthors(records: RowRecords, plan: PlanStore, includePersonal: boolean): void {
  const shards = new NumberedShards(plan, 'authors');
  for (const author of records.authors(includePersonal)) {
    const line = canonicalLine(author);
    if (Buffer.byteLength(line) <= MAX_LINE_BYTES) shards.add(line);
    else records.repaired += 1;
  }
  shards.finish();
}

function noteUnknownColumns(records: RowRecords, observer: Observer): void {
  const columns = records.unknownColumns();
  if (columns.length > 0) observer({ type: 'notice', notice: 'columns-left-behind', params: { columns: columns.join(', ') } });
}

/** Lines go in, numbered shards come out into the plan. */
class NumberedShards {
  readonly #plan: PlanStore;
  readonly #kind: 'records' | 'authors';
  readonly #builder = new ShardBuilder();
  #number = 0;

  constructor(plan: PlanStore, kind: 'records' | 'authors') {
    this.#plan = plan;
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
    this.#plan.addShard(this.#kind, this.#number, shard);
  }
}
