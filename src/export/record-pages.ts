import { breathe } from '../base/breathe.ts';
import type { Archive } from '../archive/open.ts';
import type { ExportThreads } from './crew.ts';
import { type MadeRecords, type RecordsJob, TRAVELS } from './make-records.ts';
import { type SurveyRow, surveyPages } from './survey-rows.ts';

/** Surveyed rows, and what was made of them. */
export interface RecordPage {
  readonly rows: readonly SurveyRow[];
  readonly made: MadeRecords;
}

export interface RecordPagesOptions {
  readonly includePersonal: boolean;
  readonly threads: ExportThreads;
  readonly signal?: AbortSignal | undefined;
}

/** The surveyed rows of one volume, or of all, with their records; threads make those of the next ones meanwhile. */
export async function* recordPages(
  archive: Archive,
  volume: number | null,
  { includePersonal, threads, signal }: RecordPagesOptions,
): AsyncGenerator<RecordPage> {
  const ahead: Promise<RecordPage>[] = [];
  for await (const rows of surveyPages(archive, volume, signal)) {
    const made = threads.run(recordsJob(archive, includePersonal, rows)) as Promise<MadeRecords>;
    const next = made.then((found) => ({ rows, made: found }));
    next.catch(() => {}); // looked at in its turn
    ahead.push(next);
    if (ahead.length > threads.count) yield await ahead.shift()!;
  }
  for (const next of ahead) {
    await breathe();
    yield await next;
  }
}

function recordsJob({ db }: Archive, includePersonal: boolean, rows: readonly SurveyRow[]): RecordsJob {
  return {
    records: {
      database: db.name,
      includePersonal,
      ids: rows.map(({ id }) => id),
      travels: Uint8Array.from(rows, travelsOf),
      digests: rows.map(({ digest }) => digest),
      sizes: Float64Array.from(rows, ({ size }) => size),
      mtimes: Float64Array.from(rows, ({ mtime }) => mtime),
    },
  };
}

function travelsOf({ state, why }: SurveyRow): number {
  if (state !== 'ok') return TRAVELS.nothing;
  return why === 'both' ? TRAVELS.metadata : TRAVELS.file;
}
