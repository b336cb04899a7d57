import { statSync } from 'node:fs';
import { MAX_ENTRY_BYTES } from '../base/limits.ts';
import type { OmissionReason } from '../manifest/types.ts';

/** Places of photos to be looked at, without reading them. */
export interface LookJob {
  readonly paths: readonly string[];
}

/** Why a file cannot travel. */
export interface Unfit {
  readonly state: OmissionReason;
  readonly detail: string | null;
}

/** What was found, by the number of the path: sizes in bytes, times in seconds since 1970; and what is wrong with some. */
export interface Looks {
  readonly sizes: Float64Array;
  readonly mtimes: Float64Array;
  readonly unfit: ReadonlyMap<number, Unfit>;
}

export function lookAtFiles({ paths }: LookJob): Looks {
  const sizes = new Float64Array(paths.length);
  const mtimes = new Float64Array(paths.length);
  const unfit = new Map<number, Unfit>();
  for (const [at, path] of paths.entries()) {
    const found = lookAt(path);
    if ('state' in found) unfit.set(at, found);
    else {
      sizes[at] = found.size;
      mtimes[at] = found.mtime;
    }
  }
  return { sizes, mtimes, unfit };
}

function lookAt(path: string): Unfit | { readonly size: number; readonly mtime: number } {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) return { state: 'missing', detail: null };
    if (!status.isFile()) return { state: 'unreadable', detail: 'not a regular file' };
    const { size, mtimeMs } = status;
    if (size > MAX_ENTRY_BYTES) return { state: 'too-large', detail: `${size} bytes` };
    return { size, mtime: Math.floor(mtimeMs / 1000) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const isNowhere = code === 'ENOTDIR' || code === 'ENAMETOOLONG';
    return { state: isNowhere ? 'missing' : 'unreadable', detail: code };
  }
}
