import { statSync } from 'node:fs';
import { type Digest, parseDigest } from '../base/digest.ts';
import { MAX_ENTRY_BYTES } from '../base/limits.ts';
import { type PathMap, photoPath } from '../archive/photo-path.ts';
import type { OmissionReason } from '../manifest/types.ts';
import { archiveAt } from '../archive/thread-archive.ts';

/** Rows whose photos are to be looked at, without reading them. */
export interface LookJob {
  readonly look: {
    readonly database: string;
    readonly root: string;
    readonly maps: readonly PathMap[];
    /** Of images. */
    readonly ids: readonly number[];
    /** False for rows that are to travel without a file. */
    readonly carried: readonly boolean[];
  };
}

/** Why a file cannot travel. */
export interface Unfit {
  readonly state: OmissionReason;
  readonly detail: string | null;
}

/** What was found, by the number of the row: sizes in bytes, times in seconds since 1970; and what is wrong with some. */
export interface Looks {
  /** '' for a row that has no file to carry. */
  readonly paths: readonly string[];
  /** As the rows name them. */
  readonly digests: readonly (Digest | null)[];
  readonly sizes: Float64Array;
  readonly mtimes: Float64Array;
  readonly unfit: ReadonlyMap<number, Unfit>;
}

type PlaceRow = [at: number, localPath: string | null, digest: string | null];

export function lookAtFiles({ look }: LookJob): Looks {
  const count = look.ids.length;
  const looks = {
    paths: Array<string>(count).fill(''),
    digests: Array<Digest | null>(count).fill(null),
    sizes: new Float64Array(count),
    mtimes: new Float64Array(count),
    unfit: new Map<number, Unfit>(),
  };
  for (const [at, localPath, digest] of placeRows(look)) {
    looks.digests[at] = parseDigest(digest);
    if (!look.carried[at] || !localPath) continue;
    const path = photoPath(look.root, localPath, look.maps);
    looks.paths[at] = path;
    const found = lookAt(path);
    if ('state' in found) looks.unfit.set(at, found);
    else {
      looks.sizes[at] = found.size;
      looks.mtimes[at] = found.mtime;
    }
  }
  return looks;
}

function placeRows({ database, ids }: LookJob['look']): PlaceRow[] {
  const { shape, statements } = archiveAt(database);
  const columns = ['local_path', 'sha256_hash'].map((column) => shape.text('images', column));
  return statements
    .get<PlaceRow>(
      `SELECT page.key, ${columns.join(', ')} FROM json_each(?) AS page CROSS JOIN main.images ON images.id = page.value`,
    )
    .raw()
    .all(JSON.stringify(ids));
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
