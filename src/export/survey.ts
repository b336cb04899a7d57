import { breathe, needsToBreathe } from '../base/breathe.ts';
import { EMPTY_DIGEST } from '../base/digest.ts';
import type { Observer } from '../base/events.ts';
import { isAbort } from '../base/errors.ts';
import { sideBySide } from '../base/side-by-side.ts';
import { LOOK_BYTES } from '../base/threads.ts';
import { type HashedFile, hashFile } from '../archive/file-digest.ts';
import type { Archive } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import type { PathMap } from '../archive/photo-path.ts';
import type { OmissionReason } from '../manifest/types.ts';
import type { Crew, ExportThreads } from './crew.ts';
import { DoubledContents } from './doubled-contents.ts';
import type { Looks } from './look-at-files.ts';
import { isWholePicture } from './whole-picture.ts';
import type { Why } from './planned.ts';

/** What was found where a row says that its file is. */
export interface Surveyed {
  readonly state: 'ok' | OmissionReason;
  readonly path: string;
  readonly digest: string | null;
  readonly size: number;
  readonly mtime: number;
  readonly detail: string | null;
}

interface ChosenRow {
  readonly seq: number;
  readonly id: number;
  readonly why: Why;
}

export interface SurveyOptions {
  readonly rehash: boolean;
  readonly metadataUpdates: boolean;
  readonly maps: readonly PathMap[];
  readonly crew: Crew;
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
}

export interface SurveyCounts {
  readonly rows: number;
  /** Of all their files. */
  readonly bytes: number;
  /** Chosen rows that name no file. */
  readonly neverDownloaded: number;
}

/** Rows whose files are looked at together. */
const BATCH = 500;

/**
 * Looks at every chosen row's file without reading it, except where no digest is known: those are
 * hashed. Writes `temp.survey`, in the order of the bundle.
 */
export async function survey(archive: Archive, options: SurveyOptions): Promise<SurveyCounts> {
  const { db } = archive;
  db.exec(`CREATE TEMP TABLE survey (seq INTEGER PRIMARY KEY, id INTEGER, why TEXT, state TEXT, path TEXT,
           digest TEXT, size INTEGER, mtime INTEGER, detail TEXT, volume INTEGER NOT NULL DEFAULT 1)`);
  const insert = db.prepare('INSERT INTO temp.survey VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)');
  const total = Number(db.prepare('SELECT count(*) FROM temp.chosen').pluck().get());
  options.observer({ type: 'phase', phase: 'plan', total, unit: 'records' });
  const threads = options.crew.forWork(total * LOOK_BYTES);
  const doubles = new DoubledContents(db, total);
  let done = 0;
  let neverDownloaded = 0;
  let areSomeLost = false;
  const counts = { rows: 0, bytes: 0 };
  for await (const [rows, looks] of lookedAt(archive, threads, options)) {
    const found: [ChosenRow, Surveyed][] = [];
    for (const [at, row] of rows.entries()) {
      if (needsToBreathe()) await breathe();
      options.signal?.throwIfAborted();
      const surveyed = await surveyRow(row, at, looks, options);
      if (surveyed !== null) found.push([row, surveyed]);
      else if (row.why !== 'both') neverDownloaded += 1;
    }
    inTransaction(db, () => {
      for (const [row, surveyed] of found) {
        insert.run(surveyValues(row, surveyed));
        doubles.note(surveyed.digest);
        counts.rows += 1;
        counts.bytes += surveyed.size;
        areSomeLost ||= surveyed.state !== 'ok';
      }
    });
    done += rows.length;
    options.observer({ type: 'progress', done });
  }
  if (areSomeLost) serveFromTwins(archive);
  await settleSizes(archive, doubles, options.signal);
  return { ...counts, neverDownloaded };
}

/** The chosen rows in order, some hundreds at a time; threads look at the files of the next ones meanwhile. */
function lookedAt(
  archive: Archive,
  threads: ExportThreads,
  { maps }: SurveyOptions,
): AsyncGenerator<readonly [readonly ChosenRow[], Looks]> {
  const { db, root } = archive;
  const look = (rows: readonly ChosenRow[]) => {
    const ids = rows.map(({ id }) => id);
    const carried = rows.map(({ why }) => why !== 'both');
    return threads.run({ look: { database: db.name, root, maps, ids, carried } }) as Promise<Looks>;
  };
  return sideBySide(chosenRows(archive), look, threads.count + 1);
}

function* chosenRows({ db }: Archive): Generator<ChosenRow[]> {
  const select = db.prepare<[number], ChosenRow>(
    `SELECT seq, id, why FROM temp.chosen WHERE seq > ? ORDER BY seq LIMIT ${BATCH}`,
  );
  for (let last = 0; ; ) {
    const rows = select.all(last);
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1)!.seq;
  }
}

function surveyValues({ seq, id, why }: ChosenRow, found: Surveyed): (string | number | null)[] {
  const { state, path, digest, size, mtime, detail } = found;
  return [seq, id, why, state, path, digest, size, mtime, detail];
}

/** Null for a row that has nothing to carry. A promise only where a file must be read. */
function surveyRow(
  { why }: ChosenRow,
  at: number,
  looks: Looks,
  options: SurveyOptions,
): Surveyed | null | Promise<Surveyed> {
  const [path, known] = [looks.paths[at]!, looks.digests[at]!];
  const nothing = { path, digest: known, size: 0, mtime: 0, detail: null };
  if (why === 'both') return options.metadataUpdates ? { ...nothing, state: 'ok' } : null;
  if (path === '') return null;
  const unfit = looks.unfit.get(at);
  if (unfit !== undefined) return { ...nothing, ...unfit };
  const [size, mtime] = [looks.sizes[at]!, looks.mtimes[at]!];
  if (size === 0 && known !== EMPTY_DIGEST)
    return { ...nothing, state: 'mismatch', detail: 'the file is empty' };
  const found: Surveyed = { ...nothing, state: 'ok', size, mtime };
  return known !== null && !options.rehash ? found : hashed(found, known, options);
}

async function hashed(found: Surveyed, known: string | null, options: SurveyOptions): Promise<Surveyed> {
  let file: HashedFile;
  try {
    file = await hashFile(found.path, options.signal);
  } catch (error) {
    if (isAbort(error, options.signal)) throw error;
    return {
      ...found,
      state: 'unreadable',
      detail: (error as NodeJS.ErrnoException).code ?? (error as Error).message,
    };
  }
  if (known !== null && file.digest !== known && !isWholePicture(file)) {
    return { ...found, state: 'mismatch', detail: 'neither its digest nor a whole picture' };
  }
  return { ...found, digest: file.digest, size: file.size };
}

/** A row whose file is gone can be served all the same when another row has the same content. */
function serveFromTwins({ db }: Archive): void {
  db.exec(`
    CREATE INDEX temp.survey_digest ON survey (digest);
    UPDATE temp.survey AS lost SET
      state = 'ok', detail = NULL,
      (path, size, mtime) = (SELECT path, size, mtime FROM temp.survey twin
                             WHERE twin.digest = lost.digest AND twin.state = 'ok' AND twin.why <> 'both' ORDER BY seq LIMIT 1)
    WHERE lost.state <> 'ok' AND lost.digest IS NOT NULL
      AND EXISTS (SELECT 1 FROM temp.survey twin WHERE twin.digest = lost.digest AND twin.state = 'ok' AND twin.why <> 'both')`);
}

interface DoubtfulRow {
  readonly seq: number;
  readonly path: string;
  readonly size: number;
}

const SENT = `digest = ? AND state = 'ok' AND why <> 'both'`;

/** One digest means one size: where rows of the same digest have files of several, reading tells which is right. */
async function settleSizes(archive: Archive, doubles: DoubledContents, signal?: AbortSignal): Promise<void> {
  const { db } = archive;
  const doubtful = await doubles.ofSeveralSizes();
  const rows = db.prepare<[string], DoubtfulRow>(
    `SELECT seq, path, size FROM temp.survey WHERE ${SENT} ORDER BY seq`,
  );
  const share = db.prepare(`UPDATE temp.survey SET path = ?, size = ? WHERE ${SENT}`);
  const refuse = db.prepare(
    `UPDATE temp.survey SET state = 'mismatch', detail = 'its bytes have another digest' WHERE ${SENT}`,
  );
  for (const digest of doubtful) {
    const right = await firstWithDigest(rows.all(digest), digest, signal);
    if (right === null) refuse.run(digest);
    else share.run(right.path, right.size, digest);
  }
}

async function firstWithDigest(
  rows: readonly DoubtfulRow[],
  digest: string,
  signal?: AbortSignal,
): Promise<DoubtfulRow | null> {
  for (const row of rows) {
    const file = await hashFile(row.path, signal).catch((error: unknown) => {
      if (isAbort(error, signal)) throw error;
      return null;
    });
    if (file?.digest === digest) return { ...row, size: file.size };
  }
  return null;
}
