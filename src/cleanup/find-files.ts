import { type Dirent, existsSync, lstatSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDatabaseFile } from '../base/first-bytes.ts';
import { linkStatusAt } from '../base/status-at.ts';
import { isLockHeld } from '../archive/lock.ts';
import type { Archive } from '../archive/open.ts';
import { PHOTO_FOLDER } from '../archive/photo-path.ts';
import { TEMPORARY_NAME } from '../archive/temporary-name.ts';
import type { LitterKind } from './options.ts';

/** A file that may go. */
export interface StrayFile {
  readonly kind: Extract<LitterKind, 'temporary-file' | 'partial-file' | 'lock' | 'backup'>;
  readonly path: string;
  readonly bytes: number;
}

export interface FileRules {
  /** Milliseconds since 1970: backups and unfinished exports go when they are older; null keeps them all. */
  readonly before: number | null;
  /** False while an operation that may need its backup is not finished. */
  readonly backups: boolean;
}

/** Everything of ours that lies in the photo folder and beside the database, and is of no use any more. */
export function* strayFiles(archive: Archive, rules: FileRules): Generator<StrayFile> {
  for (const path of temporaryFiles(join(archive.root, PHOTO_FOLDER))) yield stray('temporary-file', path);
  const folder = dirname(archive.path);
  for (const name of readdirSync(folder).sort()) {
    const kind = kindOf(join(folder, name), name, basename(archive.path), rules);
    if (kind !== null) yield stray(kind, join(folder, name));
  }
}

const stray = (kind: StrayFile['kind'], path: string): StrayFile => ({
  kind,
  path,
  bytes: linkStatusAt(path)?.size ?? 0,
});

/** Links are not followed: nothing of ours lies behind one. */
function* temporaryFiles(folder: string): Generator<string> {
  for (const item of entries(folder)) {
    const path = join(folder, item.name);
    if (item.isDirectory()) yield* temporaryFiles(path);
    else if (item.isFile() && TEMPORARY_NAME.test(item.name)) yield path;
  }
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (/^(ENOENT|ENOTDIR|EACCES|EPERM)$/.test((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

const OUTPUT = /\.(indabundle|indacatalog|indarequest|tar\.zst)$/;

function kindOf(path: string, name: string, database: string, rules: FileRules): StrayFile['kind'] | null {
  if (!linkStatusAt(path)?.isFile()) return null;
  if (name.startsWith(`${database}.backup-`)) return backupKind(path, name, database, rules);
  if (OUTPUT.test(name.replace(/\.lock$/, '')) && name.endsWith('.lock'))
    return isLockHeld(path) === false ? 'lock' : null;
  const output = /^(.*)\.(part|plan)(-journal|-wal|-shm)?$/.exec(name)?.[1];
  if (output === undefined || !OUTPUT.test(output)) return null;
  return isAbandoned(join(dirname(path), output), path, rules) ? 'partial-file' : null;
}

function backupKind(
  path: string,
  name: string,
  database: string,
  { before, backups }: FileRules,
): StrayFile['kind'] | null {
  const rest = name.slice(`${database}.backup-`.length);
  if (/\.part(-journal|-wal|-shm)?$/.test(rest)) return 'partial-file';
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(?:-\d+)?$/.exec(rest) ?? [];
  if (year === undefined || before === null || !backups || !existsSync(path)) return null;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) < before ? 'backup' : null;
}

/**
 * An export that has its plan can be gone on with: it goes only when it is old. So does what neither a
 * lock nor a plan shows to be ours: browsers call downloads `.part`, too.
 */
function isAbandoned(output: string, path: string, { before }: FileRules): boolean {
  const held = isLockHeld(`${output}.lock`);
  if (held === true) return false;
  const planned = isPlan(`${output}.plan`);
  const resumable = planned && existsSync(`${output}.part`);
  const isOurs = planned || held === false;
  return (isOurs && !resumable) || (before !== null && lstatSync(path).mtimeMs < before);
}

const isPlan = (path: string) => linkStatusAt(path)?.isFile() === true && isDatabaseFile(path);
