import { breathe } from '../base/breathe.ts';
import type { Archive } from '../archive/open.ts';
import type { OmissionReason } from '../manifest/types.ts';

/** A row of `temp.survey`, with the columns of its image that travel. */
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
  /** In the order of the columns that were asked for. */
  readonly image: readonly unknown[];
}

type RawRow = [
  SurveyRow['seq'],
  SurveyRow['id'],
  SurveyRow['why'],
  SurveyRow['state'],
  SurveyRow['path'],
  SurveyRow['name'],
  SurveyRow['digest'],
  SurveyRow['size'],
  SurveyRow['mtime'],
  SurveyRow['url'],
  SurveyRow['local_path'],
  SurveyRow['detail'],
  ...unknown[],
];

const SURVEY_COLUMNS = [
  'seq',
  'id',
  'why',
  'state',
  'path',
  'name',
  'digest',
  'size',
  'mtime',
  'url',
  'local_path',
  'detail',
];

/** Few enough that planning them takes no longer than the event loop can wait. */
const PAGE = 250;

/** The surveyed rows of one volume, or of all, in the order of the bundle, some hundreds at a time. */
export async function* surveyPages(
  archive: Archive,
  imageColumns: readonly string[],
  volume: number | null,
  signal: AbortSignal | undefined,
): AsyncGenerator<SurveyRow[]> {
  const columns = [
    ...SURVEY_COLUMNS.map((column) => `survey.${column}`),
    ...imageColumns.map((column) => `images."${column}"`),
  ];
  // Arrays, not objects: with so many columns that is twice as fast.
  const select = archive.db
    .prepare<[number, number | null], unknown>(
      `SELECT ${columns.join(', ')} FROM temp.survey CROSS JOIN main.images ON images.id = survey.id
       WHERE seq > ? AND volume ${volume === null ? 'IS NOT ?' : '= ?'} ORDER BY seq LIMIT ${PAGE}`,
    )
    .raw();
  for (let last = 0; ; ) {
    await breathe();
    signal?.throwIfAborted();
    const rows = select.all(last, volume) as RawRow[];
    if (rows.length === 0) return;
    yield rows.map(surveyRow);
    last = rows.at(-1)![0];
  }
}

function surveyRow(row: RawRow): SurveyRow {
  const [seq, id, why, state, path, name, digest, size, mtime, url, local_path, detail] = row;
  const image = row.slice(SURVEY_COLUMNS.length);
  return { seq, id, why, state, path, name, digest, size, mtime, url, local_path, detail, image };
}
