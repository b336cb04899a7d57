import { realpathSync } from 'node:fs';
import nodePath, { isAbsolute, join, type PlatformPath, posix, sep } from 'node:path';

/** The folder that the crawler puts its photos in, beside the database. */
export const PHOTO_FOLDER = 'indafoto_archive';

/** A prefix of absolute paths, and what stands there now. */
export interface PathMap {
  readonly from: string;
  readonly to: string;
}

/** `local_path` with `/` between its parts, however the system that wrote it does that. */
export function withSlashes(localPath: string): string {
  return localPath.replaceAll('\\', '/');
}

/** The last part of a stored path, on whatever system it was written. */
export function baseName(localPath: string): string {
  return withSlashes(localPath).split('/').at(-1) ?? '';
}

const DRIVE = /^[A-Za-z]:\//;

/** True for paths that do not start from the archive's folder, on POSIX or on Windows. */
export function isAbsolutePath(localPath: string): boolean {
  const path = withSlashes(localPath);
  return path.startsWith('/') || DRIVE.test(path);
}

/** The place on this system that a `local_path` names, with prefixes replaced where the disk has moved. */
export function photoPath(root: string, localPath: string, maps: readonly PathMap[] = []): string {
  const path = mapped(withSlashes(localPath), maps);
  if (isAbsolutePath(path) || isAbsolute(path)) return path;
  return sep === '/' && !DETOUR.test(path) ? `${withoutEnd(root)}/${path}` : join(root, path);
}

const withoutEnd = (folder: string) => (folder.endsWith('/') ? folder.slice(0, -1) : folder);

function mapped(path: string, maps: readonly PathMap[]): string {
  for (const { from, to } of maps) {
    const prefix = withSlashes(from).replace(/\/$/, '');
    const matches = DRIVE.test(`${prefix}/`)
      ? path.toLowerCase().startsWith(`${prefix.toLowerCase()}/`)
      : path.startsWith(`${prefix}/`);
    if (matches) return withSlashes(to).replace(/\/$/, '') + path.slice(prefix.length);
  }
  return path;
}

/** True for a path below a folder; on Windows, where a path on another drive is relative to nothing, too. */
export function liesBelow(folder: string, path: string, system: PlatformPath = nodePath): boolean {
  const inside = system.relative(folder, path);
  return (
    inside !== '' && inside !== '..' && !inside.startsWith(`..${system.sep}`) && !system.isAbsolute(inside)
  );
}

/** A part of a path that leads nowhere else: nothing, `.` or `..`. */
const DETOUR = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** One spelling for paths that name the same file where case and Unicode form do not count. */
export function foldedPath(localPath: string): string {
  const path = withSlashes(localPath);
  const straight = DETOUR.test(path) ? posix.normalize(path) : path;
  return straight.normalize('NFC').toLowerCase();
}

/** What whole paths of photos may begin with: the root as it was given, and as it is without links. */
export function rootPrefixes(root: string): string[] {
  return [...new Set([root, withoutLinks(root)].map((spelling) => foldedPath(`${spelling}/`)))];
}

/** The path itself where the system does not tell: it may refuse to show a folder above. */
function withoutLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** The same, counted from the root also where a row names its file in full, or by a detour. */
export function foldedBelow(prefixes: readonly string[], localPath: string): string {
  const folded = foldedPath(localPath);
  const whole = folded.startsWith('../') ? foldedPath(`${prefixes[0]}${folded}`) : folded;
  const prefix = prefixes.find((one) => whole.startsWith(one));
  return prefix === undefined ? whole : whole.slice(prefix.length);
}
