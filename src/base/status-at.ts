import { lstatSync, type Stats, statSync } from 'node:fs';
import { systemCode } from './errors.ts';

/** How the system says that there is nothing of a name: behind a file, in a ring of links, or longer than names are. */
const NOTHING_THERE = /^(ENOENT|ENOTDIR|ENAMETOOLONG|ELOOP)$/;

/** What stands at a path, behind links; undefined where there is nothing. */
export const statusAt = (path: string): Stats | undefined => unlessNothing(() => statSync(path));

/** What stands at a path itself, which may be a link; undefined where there is nothing. */
export const linkStatusAt = (path: string): Stats | undefined => unlessNothing(() => lstatSync(path));

/** The size of the regular file at a path, or null when there is none. */
export function sizeAt(path: string): number | null {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    return status?.isFile() ? status.size : null;
  } catch {
    return null; // a name too long, a loop of links: no file to be had
  }
}

function unlessNothing(look: () => Stats): Stats | undefined {
  try {
    return look();
  } catch (error) {
    if (NOTHING_THERE.test(systemCode(error))) return undefined;
    throw error;
  }
}
