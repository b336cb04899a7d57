import { silent } from '../base/events.ts';
import type { Digest } from '../base/digest.ts';
import { wholePhotos } from '../archive/whole-photos.ts';
import { openToRead } from '../archive/open.ts';
import type { HeldImage } from '../holdings/archive-images.ts';
import type { Holdings } from '../holdings/holdings.ts';
import type { AnalyzeOptions } from './options.ts';

/** A photo of ours that another archive has by the same digest in another size. */
interface Doubtful {
  readonly id: number;
  readonly digest: Digest;
  readonly size: number;
}

/**
 * Photos that two archives have by one digest in two sizes: one of the files is not what its row says.
 * Which, ours can tell, as it can be read.
 */
export class DoubtfulFiles {
  readonly #photos: Doubtful[] = [];

  /** Notes one of ours, where the other's is of another size. */
  note({ id, digest, here, size }: HeldImage, other: HeldImage): void {
    if (!here || digest === null || size === null || !other.here || other.digest !== digest) return;
    if (other.size !== null && other.size !== size) this.#photos.push({ id, digest, size });
  }

  /** Reads them, and takes from both sides what is not there after all; false where there are none. */
  async settle(
    own: Holdings,
    other: Holdings,
    { db, root, observer = silent, signal }: AnalyzeOptions,
  ): Promise<boolean> {
    if (this.#photos.length === 0) return false;
    observer({ type: 'phase', phase: 'check', total: this.#photos.length, unit: 'records' });
    const archive = openToRead(db, { root });
    try {
      const isWhole = wholePhotos(archive, { signal });
      for (const [done, { id, digest, size }] of this.#photos.entries()) {
        if (await isWhole(id, digest)) other.loseOtherSizes(digest, size);
        else own.loseRow(id);
        observer({ type: 'progress', done: done + 1 });
      }
    } finally {
      archive.close();
    }
    return true;
  }
}
