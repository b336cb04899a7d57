import { breathe } from '../base/breathe.ts';
import type { Archive } from '../archive/open.ts';
import type { OmissionReason } from '../manifest/types.ts';
import type { Why } from './planned.ts';

/** A row of `temp.survey`. */
export interface SurveyRow {
  readonly seq: number;
  readonly id: number;
  readonly why: Why;
  readonly state: 'ok' | OmissionReason;
  readonly path: string;
  readonly digest: string | null;
  readonly size: number;
  readonly mtime: number;
  readonly detail: string | null;
}

/** Few enough that making their records takes no longer than the event loop can wait. */
const PAGE = 250;

/** The surveyed rows of one volume, or of all, in the order of the bundle, some hundreds at a time. */
export async function* surveyPages(
  { db }: Archive,
  volume: number | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<SurveyRow[]> {
  const select = db.prepare<[number, number | null], SurveyRow>(
    `SELECT seq, id, why, state, path, digest, size, mtime, detail FROM temp.survey
     WHERE seq > ? AND volume ${volume === null ? 'IS NOT ?' : '= ?'} ORDER BY seq LIMIT ${PAGE}`,
  );
  for (let last = 0; ; ) {
    await breathe();
    signal?.throwIfAborted();
    const rows = select.all(last, volume);
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1)!.seq;
  }
}
