import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BundleError } from '../base/errors.ts';
import type { Archive } from '../archive/open.ts';
import { PHOTO_FOLDER } from '../archive/photo-path.ts';

/**
 * Rows that are taken back while their photos lie on another disk, or below another root, would leave
 * the photos there for ever: nothing would know of them. Comes behind `loadSteps`.
 *
 * @throws BundleError `photos-not-there`
 */
export function checkRoot({ db, root }: Archive): void {
  const folder = join(root, PHOTO_FOLDER);
  const hasPlaced = db.prepare('SELECT 1 FROM temp.placed LIMIT 1').get() !== undefined;
  if (hasPlaced && !existsSync(folder))
    throw new BundleError('photos-not-there', { params: { path: folder } });
}
