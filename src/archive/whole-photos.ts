import type { Digest } from '../base/digest.ts';
import { hashOrNull } from './file-digest.ts';
import type { Archive } from './open.ts';
import { type PathMap, photoPath } from './photo-path.ts';

/** Answers, for the id of an image, whether its file has the content of a digest; reads it. */
export function wholePhotos(
  { db, shape, root }: Archive,
  { maps = [], signal }: { readonly maps?: readonly PathMap[]; readonly signal?: AbortSignal | undefined },
): (id: number, digest: Digest) => Promise<boolean> {
  const select = db
    .prepare<[number], string | null>(
      `SELECT ${shape.text('images', 'local_path')} FROM main.images WHERE id = ?`,
    )
    .pluck();
  return async (id, digest) => {
    const path = select.get(id);
    return Boolean(path) && (await hashOrNull(photoPath(root, path!, maps), signal)) === digest;
  };
}
