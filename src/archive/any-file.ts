import { breathe } from '../base/breathe.ts';
import type { Observer } from '../base/events.ts';
import { localSize } from './local-file.ts';
import type { LocalImage } from './local-index.ts';
import type { Archive } from './open.ts';
import type { PathMap } from './photo-path.ts';

type Row = Pick<LocalImage, 'id' | 'local_path'>;

const BATCH = 1000;

/**
 * True when any photo lies where its row says, or no row says so: then missing ones can be seen. Only where
 * the photos are somewhere else are all rows asked: the oldest may well be those that were lost.
 */
export async function hasAnyFile(archive: Archive, maps: readonly PathMap[]): Promise<boolean> {
  const select = archive.db.prepare<[number], Row>(
    `SELECT id, CAST(local_path AS TEXT) AS local_path FROM main.images WHERE id > ? AND local_path <> '' ORDER BY id LIMIT ${BATCH}`,
  );
  let rows = select.all(-Infinity);
  if (rows.length === 0) return true;
  for (; rows.length > 0; rows = select.all(rows.at(-1)!.id)) {
    if (rows.some((row) => localSize(archive.root, row, maps) !== null)) return true;
    await breathe();
  }
  return false;
}

/** The same, and tells where it is not so. */
export async function findsPhotos(
  archive: Archive,
  observer: Observer,
  notice: 'own-photos-missing' | 'own-photos-believed' | 'photo-folder-missing',
  maps: readonly PathMap[] = [],
): Promise<boolean> {
  const found = await hasAnyFile(archive, maps);
  if (!found) observer({ type: 'notice', notice, params: { path: archive.root } });
  return found;
}
