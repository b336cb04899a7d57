import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type ImageSpec, siteUrl } from '../../fixtures/archive-builder.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';

/** A copy of a picture in some size, with one of three contents, of which the row may know little or wrong things. */
export const copy = fc.record({
  picture: fc.integer({ min: 1, max: 3 }),
  size: fc.constantFrom('l', 'xl', 'xxl'),
  content: fc.constantFrom('a', 'b', 'c'),
  file: fc.constantFrom('here', 'here', 'here', 'missing', 'never'),
  digest: fc.constantFrom('right', 'right', 'stale', null),
  address: fc.constantFrom('both', 'both', 'url', 'page'),
  tag: fc.constantFrom('tó', 'köd'),
});
export type Copy = typeof copy extends fc.Arbitrary<infer T> ? T : never;

export function spec({ picture, size, content, file, digest, address, tag }: Copy): ImageSpec {
  const bytes = uniqueJpeg(`${picture} ${content}`, 1_500);
  return {
    siteImageId: picture,
    author: 'Szűcs Márta',
    title: `Kép ${picture}`,
    tags: [tag],
    digest: file === 'never' ? null : digest,
    file: file === 'here' ? bytes : file === 'never' ? null : 'missing',
    url: address === 'page' ? null : siteUrl(picture, { size }),
    ...(address === 'url' ? { pageUrl: null } : {}),
  };
}

/** Where several copies of a picture meet, rows hold the digests of their files: else it would be anybody's guess which is to be restored, and by which. */
export function clear(receiver: readonly Copy[], sender: readonly Copy[]): Copy[] {
  const count = (copies: readonly Copy[], { picture }: Copy) =>
    copies.filter((other) => other.picture === picture).length;
  return receiver.map((one) =>
    one.digest === 'stale' && count(receiver, one) + count(sender, one) > 2
      ? { ...one, digest: 'right' }
      : one,
  );
}

/** A folder that is gone afterwards. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'indabundle-test-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
