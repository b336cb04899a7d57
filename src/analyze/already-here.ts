import { hashOrNull } from '../archive/file-digest.ts';
import { siteImageId } from '../archive/identity.ts';
import { type Archive, openToRead } from '../archive/open.ts';
import { photoPath } from '../archive/photo-path.ts';
import type { HeldImage } from '../holdings/archive-images.ts';
import type { Holdings } from '../holdings/holdings.ts';
import { type Want, wantOf } from '../request-file/wants.ts';
import type { RetryOptions } from './options.ts';
import { readOwn } from './remotes.ts';

/** A row of a list whose picture could not be had. */
export interface FailedRow {
  readonly id: number;
  readonly path: string | null;
}

/** Rows whose picture came in some other way. Its file is read: a row is done only with a whole picture. */
export async function alreadyHere(
  failed: readonly FailedRow[],
  options: RetryOptions,
): Promise<ReadonlySet<number>> {
  const { root, observer, signal } = options;
  const own = await readOwn(options);
  const archive = openToRead(options.db, { root, observer });
  try {
    const fileOf = fileReader(archive);
    const here = new Set<number>();
    for (const { id, path } of failed) {
      const want = wantOf(path);
      if (want === null) continue;
      for (const image of imagesFor(own.holdings, want)) {
        if (!(await isWhole(fileOf(image), image, want, signal))) continue;
        here.add(id);
        break;
      }
    }
    return here;
  } finally {
    archive.close();
    own.holdings.close();
  }
}

/** Where the file of an image is; null where its row names none. */
function fileReader({ db, root }: Archive): (image: HeldImage) => string | null {
  const select = db
    .prepare<[number], string | null>('SELECT CAST(local_path AS TEXT) FROM main.images WHERE id = ?')
    .pluck();
  return ({ id }) => {
    const path = select.get(id);
    return path ? photoPath(root, path) : null;
  };
}

/** What is wanted by its digest has that; else the file is what its row says, where that says anything. */
async function isWhole(
  file: string | null,
  { digest }: HeldImage,
  want: Want,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const found = file === null ? null : await hashOrNull(file, signal);
  const stated = want.kind === 'hash' ? want.digest : digest;
  return found !== null && (stated === null || found === stated);
}

/** Images with a file that say that they are what is wanted. */
export function imagesFor(holdings: Holdings, want: Want): HeldImage[] {
  const matches = want.kind === 'hash' ? holdings.withDigest(want.digest) : withAddress(holdings, want.url);
  return matches.filter(({ here }) => here);
}

/** A list may name an image by the address of its file or of its page. */
function withAddress(holdings: Holdings, address: string): HeldImage[] {
  const site = siteImageId({ url: address, pageUrl: address });
  const identity = { site: site === null ? null : Number(site), url: null, pageUrl: null, digest: null };
  const byFile = holdings.matches({ ...identity, url: address });
  return byFile.length > 0 ? byFile : holdings.matches({ ...identity, pageUrl: address });
}
