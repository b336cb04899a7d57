import { rmSync } from 'node:fs';
import type { Observer } from '../base/events.ts';

/**
 * Removes a bundle file whose content is in the archive, durably. A disk that does not let us is no
 * failure of applying: it is said. True when the file is gone.
 */
export function removeBundle(path: string, observer: Observer): boolean {
  try {
    rmSync(path);
    return true;
  } catch (error) {
    observer({
      type: 'notice',
      notice: 'bundle-not-removed',
      params: { path, reason: (error as Error).message },
    });
    return false;
  }
}
