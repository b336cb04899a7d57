import { sideBySide } from '../base/side-by-side.ts';
import type { Archive } from '../archive/open.ts';
import type { ExportThreads } from './crew.ts';
import { type MadeRecords, type RecordsJob, TRAVELS } from './make-records.ts';
import { type SurveyRow, surveyPages } from './survey-rows.ts';

export interface RecordPagesOptions {
  readonly includePersonal: boolean;
  readonly threads: ExportThreads;
  readonly signal?: AbortSignal | undefined;
}

/** The surveyed rows of one volume, or of all, with their records; threads make those of the next ones meanwhile. */
export function recordPages(
  archive: Archive,
  volume: number | null,
  { includePersonal, threads, signal }: RecordPagesOptions,
): AsyncGenerator<readonly [readonly SurveyRow[], MadeRecords]> {
  const make = (rows: readonly SurveyRow[]) =>
    threads.run(recordsJob(archive, includePersonal, rows)) as Promise<MadeRecords>;
  return sideBySide(surveyPages(archive, volume, signal), make, threads.count + 1);
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
