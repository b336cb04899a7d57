import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { silent } from '../base/events.ts';
import { syncFolder } from '../base/put-in-place.ts';
import { sideBySide } from '../base/side-by-side.ts';
import { linkStatusAt, statusAt } from '../base/status-at.ts';
import { hashFile } from '../archive/file-digest.ts';
import { NamedFiles } from '../archive/named-files.ts';
import type { Archive } from '../archive/open.ts';
import { liesBelow, PHOTO_FOLDER, photoPath } from '../archive/photo-path.ts';
import { TEMPORARY_NAME } from '../archive/temporary-name.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import type { Tally } from './tally.ts';

interface FileStep {
  readonly sequence: number;
  readonly path: string;
  readonly digest: string | null;
  readonly state: string | null;
}

/** Marks a place that an apply had chosen, and was stopped before it could book a file there. */
export const UNFINISHED = 'unfinished';

const BATCH = 200;

/**
 * Removes the files whose rows were taken back. It comes after the rows: stopped in between, a file
 * without a row is left, never a row without its file; run again, it goes on here.
 */
export async function removeFiles(
  archive: Archive,
  operationId: string,
  tally: Tally,
  wait: WaitOptions,
): Promise<void> {
  const { db } = archive;
  const select = db.prepare<[string], FileStep>(
    `SELECT sequence, "key" AS path, old AS digest, "column" AS state FROM main.indabundle_journal WHERE operation = ? AND "table" = 'files' ORDER BY sequence LIMIT ${BATCH}`,
  );
  const { root } = archive;
  const observer = wait.observer ?? silent;
  let named: NamedFiles | null = null;
  const count = db.prepare(
    `SELECT count(*) FROM main.indabundle_journal WHERE operation = ? AND "table" = 'files'`,
  );
  const total = Number(count.pluck().get(operationId));
  observer({ type: 'phase', phase: 'remove', total, unit: 'records' });
  for (let done = 0; ; ) {
    wait.signal?.throwIfAborted();
    const steps = select.all(operationId);
    if (steps.length === 0) return;
    named ??= await NamedFiles.build(archive);
    await named.refresh();
    const folders = new Set<string>();
    const names = named;
    for await (const [step, state] of sideBySide(steps, (one) => stateOf(root, one, names))) {
      if (step.state === UNFINISHED) await removeUnfinished(root, step, operationId, names, folders);
      else removeFile(root, step, state, folders, tally);
    }
    for (const folder of folders) await settleFolder(root, folder);
    await immediately(db, () => dropSteps(db, operationId, steps), wait);
    done += steps.length;
    observer({ type: 'progress', done });
  }
}

function dropSteps(db: Database.Database, operationId: string, steps: readonly FileStep[]): void {
  const drop = db.prepare('DELETE FROM main.indabundle_journal WHERE operation = ? AND sequence = ?');
  for (const { sequence } of steps) drop.run(operationId, sequence);
}

/** `ours` as it came, `gone` or never whole, or why it stays. */
type FileState = 'gone' | 'ours' | 'used' | 'file-changed';

async function stateOf(
  root: string,
  { path, digest, state }: FileStep,
  named: NamedFiles,
): Promise<FileState> {
  if (state === UNFINISHED) return 'gone';
  const file = photoPath(root, path);
  const status = linkStatusAt(file);
  if (status === undefined) return 'gone';
  if (named.names(path)) return 'used';
  const isOurs = status.isFile() && (digest === null || (await hashFile(file)).digest === digest);
  return isOurs ? 'ours' : 'file-changed';
}

function removeFile(
  root: string,
  { path }: FileStep,
  state: FileState,
  folders: Set<string>,
  tally: Tally,
): void {
  if (state === 'used' || state === 'file-changed') {
    tally.keep({ what: 'file', name: path, reason: state });
    return;
  }
  const file = photoPath(root, path);
  // The folder of one that is gone is looked at all the same: a run that was killed may have come no further than the file.
  folders.add(dirname(file));
  const status = state === 'gone' ? undefined : linkStatusAt(file);
  if (status === undefined) return;
  rmSync(file);
  tally.bytesFreed += status.size;
  tally.filesRemoved += 1;
}

/** Temporary files of the operation, its placeholder, or a whole file that no row names; nobody else's. */
async function removeUnfinished(
  root: string,
  { path, digest }: FileStep,
  operationId: string,
  named: NamedFiles,
  folders: Set<string>,
): Promise<void> {
  const file = photoPath(root, path);
  const folder = dirname(file);
  const place = statusAt(folder);
  if (place === undefined || place.isDirectory()) folders.add(folder);
  if (!place?.isDirectory()) return;
  const ours = `.indabundle-${operationId.slice(0, 8)}-`;
  for (const name of readdirSync(folder))
    if (name.startsWith(ours) && TEMPORARY_NAME.test(name)) rmSync(join(folder, name), { force: true });
  const status = linkStatusAt(file);
  if (!status?.isFile() || named.names(path)) return;
  if (status.size === 0 || (await hashFile(file)).digest === digest) rmSync(file);
}

/** Makes the removal durable, and takes away folders that are empty now, up to the photo folder. */
async function settleFolder(root: string, folder: string): Promise<void> {
  const photos = join(root, PHOTO_FOLDER);
  let current = folder;
  for (;;) {
    const isThere = existsSync(current);
    if (!liesBelow(photos, current) || (isThere && readdirSync(current).length > 0)) break;
    if (isThere) rmdirSync(current);
    current = dirname(current);
  }
  if (existsSync(current)) await syncFolder(current);
}
