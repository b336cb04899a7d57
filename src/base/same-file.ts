import { realpathSync, statSync } from 'node:fs';

/** True for two ways to one file. File systems that number no files are asked for the way without links. */
export function isSameFile(path: string, other: string): boolean {
  try {
    const [one, two] = [path, other].map((way) => statSync(way, { bigint: true }));
    if (one!.ino !== 0n) return one!.dev === two!.dev && one!.ino === two!.ino;
    return realpathSync.native(path) === realpathSync.native(other);
  } catch {
    return false; // anything may be named: what is not there, a name too long, a loop of links
  }
}
