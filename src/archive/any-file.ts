import type { Observer } from '../base/events.ts';
import { localSize } from './local-file.ts';
import type { LocalImage } from './local-index.ts';
import type { Archive } from './open.ts';
import type { PathMap } from './photo-path.ts';

/** Rows that are asked for a file before it is believed that the photos are somewhere else. */
const SAMPLE = 1000;

/** True when photos lie where the rows say, or no row says so: then missing ones can be seen. */
export function hasAnyFile(archive: Archive, maps: readonly PathMap[] = []): boolean {
  const rows = archive.db
    .prepare<[], Pick<LocalImage, 'local_path'>>(
      `SELECT CAST(local_path AS TEXT) AS local_path FROM main.images WHERE local_path <> '' LIMIT ${SAMPLE}`,
    )
    .all();
  return rows.length === 0 || rows.some((row) => localSize(archive.root, row, maps) !== null);
}

/** The same, and tells where it is not so. */
export function findsPhotos(
  archive: Archive,
  observer: Observer,
  notice: 'own-photos-missing' | 'own-photos-believed' | 'photo-folder-missing',
  maps?: readonly PathMap[],
): boolean {
  const found = hasAnyFile(archive, maps);
  if (!found) observer({ type: 'notice', notice, params: { path: archive.root } });
  return found;
}
