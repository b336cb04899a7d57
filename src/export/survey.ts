import { statSync } from 'node:fs';
import { breathe } from '../base/breathe.ts';
import { EMPTY_DIGEST, parseDigest } from '../base/digest.ts';
import { MAX_ENTRY_BYTES } from '../base/limits.ts';
import type { Observer } from '../base/events.ts';
import { isAbort } from '../base/errors.ts';
import { type HashedFile, hashFile } from '../archive/file-digest.ts';
import type { Archive } from '../archive/open.ts';
import { inTransaction } from '../archive/scratch.ts';
import { baseName, type PathMap, photoPath, withSlashes } from '../archive/photo-path.ts';
import type { OmissionReason } from '../manifest/types.ts';
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
  readonly local_path: string | null;
  readonly sha256_hash: string | null;
  readonly url: string | null;
}

export interface SurveyOptions {
  readonly rehash: boolean;
  readonly metadataUpdates: boolean;
  readonly maps: readonly PathMap[];
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
}

export interface SurveyCounts {
  /** Chosen rows that name no file. */
  readonly neverDownloaded: number;
}

const BATCH = 500;

/**
 * Looks at every chosen row's file without reading it, except where no digest is known: those are
 * hashed. Writes `temp.survey`, in the order of the bundle.
 */
export async function survey(archive: Archive, options: SurveyOptions): Promise<SurveyCounts> {
  const { db, shape } = archive;
  db.exec(`CREATE TEMP TABLE survey (seq INTEGER PRIMARY KEY, id INTEGER, why TEXT, state TEXT, path TEXT, name TEXT,
           digest TEXT, size INTEGER, mtime INTEGER, url TEXT, local_path TEXT, detail TEXT, volume INTEGER NOT NULL DEFAULT 1)`);
  const columns = ['local_path', 'sha256_hash', 'url']
    .map((column) => shape.text('images', column))
    .join(', ');
  const select = db.prepare<[number], ChosenRow>(
    `SELECT seq, chosen.id, why, ${columns} FROM temp.chosen JOIN main.images ON images.id = chosen.id WHERE seq > ? ORDER BY seq LIMIT ${BATCH}`,
  );
  const insert = db.prepare('INSERT INTO temp.survey VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)');
  const total = Number(db.prepare('SELECT count(*) FROM temp.chosen').pluck().get());
  options.observer({ type: 'phase', phase: 'plan', total, unit: 'records' });
  let done = 0;
  let neverDownloaded = 0;
  for (let last = 0; ; ) {
    const rows = select.all(last);
    if (rows.length === 0) break;
    const found: [ChosenRow, Surveyed][] = [];
    for (const row of rows) {
      await breathe();
      options.signal?.throwIfAborted();
      const surveyed = await surveyRow(archive.root, row, options);
      if (surveyed !== null) found.push([row, surveyed]);
      else if (row.why !== 'both') neverDownloaded += 1;
    }
    inTransaction(db, () => found.forEach(([row, surveyed]) => insert.run(...surveyValues(row, surveyed))));
    last = rows.at(-1)!.seq;
    done += rows.length;
    options.observer({ type: 'progress', done });
  }
  serveFromTwins(archive);
  return { neverDownloaded };
}

function surveyValues(row: ChosenRow, found: Surveyed): (string | number | null)[] {
  const localPath = row.local_path ?? '';
  const { state, path, digest, size, mtime, detail } = found;
  return [
    row.seq,
    row.id,
    row.why,
    state,
    path,
    baseName(localPath),
    digest,
    size,
    mtime,
    row.url,
    withSlashes(localPath),
    detail,
  ];
}

/** Null for a row that has nothing to carry. */
async function surveyRow(root: string, row: ChosenRow, options: SurveyOptions): Promise<Surveyed | null> {
  const known = parseDigest(row.sha256_hash);
  const nothing = { path: '', digest: known, size: 0, mtime: 0, detail: null };
  if (row.why === 'both') return options.metadataUpdates ? { ...nothing, state: 'ok' } : null;
  if (!row.local_path) return null;
  const path = photoPath(root, row.local_path, options.maps);
  const found = lookAt(path, known);
  if (found.state !== 'ok' || (known !== null && !options.rehash)) return found;
  return await hashed(found, known, options);
}

function lookAt(path: string, known: string | null): Surveyed {
  const nothing = { path, digest: known, size: 0, mtime: 0, detail: null };
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) return { ...nothing, state: 'missing' };
    if (!status.isFile()) return { ...nothing, state: 'unreadable', detail: 'not a regular file' };
    if (status.size > MAX_ENTRY_BYTES)
      return { ...nothing, state: 'too-large', detail: `${status.size} bytes` };
    if (status.size === 0 && known !== EMPTY_DIGEST)
      return { ...nothing, state: 'mismatch', detail: 'the file is empty' };
    return { ...nothing, state: 'ok', size: status.size, mtime: Math.floor(status.mtimeMs / 1000) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EIO') return { ...nothing, state: 'unreadable', detail: code };
    return {
      ...nothing,
      state: code === 'ENOTDIR' || code === 'ENAMETOOLONG' ? 'missing' : 'unreadable',
      detail: code,
    };
  }
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
  if (db.prepare(`SELECT 1 FROM temp.survey WHERE state <> 'ok' LIMIT 1`).get() === undefined) return;
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
export async function settleSizes(archive: Archive, signal?: AbortSignal): Promise<void> {
  const { db } = archive;
  const doubtful = db
    .prepare<[], string>(
      `SELECT digest FROM temp.survey WHERE state = 'ok' AND why <> 'both' GROUP BY digest HAVING count(DISTINCT size) > 1`,
    )
    .pluck()
    .all();
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
