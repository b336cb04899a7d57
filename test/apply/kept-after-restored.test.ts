import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { siteUrl } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { cleanup, revert } from '../../src/index.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const EDITED = uniqueJpeg('edited', 2500);
const SMALL = uniqueJpeg('small', 3000);
const LARGE = uniqueJpeg('large', 4000);

/** Of an image whose photo was edited at the receiver's, a bundle brings the original in two sizes. */
async function applied() {
  const anna = new Archivist(folder(), 'anna', {
    images: [
      { siteImageId: 1, file: SMALL },
      { siteImageId: 1, url: siteUrl(1, { size: 'xl' }), file: LARGE },
    ],
  });
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 1 }] });
  const own = bela.archive.images[0]!.filePath!;
  writeFileSync(own, EDITED);
  const before = { archive: bela.read(), files: fileTree(bela.archive.photoFolder) };
  const { outcomes, operationId } = await bela.take(await anna.pack());
  expect(outcomes).toMatchObject({ restored: 1, conflict: 1 });
  return { bela, own, before, operationId: operationId! };
}

test('a photo of ours that another took the place of stays when the books are cleaned up', async () => {
  const { bela, own } = await applied();
  await cleanup({ db: bela.db });
  expect(readFileSync(own).equals(EDITED)).toBe(true);
});

test('the books say of no photo that it is another', async () => {
  const { bela } = await applied();
  const booked = bela.query<{ path: string; digest: string }>(
    `SELECT file_path AS path, file_hash AS digest FROM sync_files WHERE file_path IS NOT NULL`,
  );
  expect(booked).toHaveLength(1);
  for (const { path, digest } of booked)
    expect(sha256(readFileSync(join(bela.archive.dir, path)))).toBe(digest);
});

test('and taking it back leaves nothing of the bundle', async () => {
  const { bela, before, operationId } = await applied();
  const { kept } = await revert({ db: bela.db, operationId, backup: false });
  expect(kept).toEqual([]);
  expect({ archive: bela.read(), files: fileTree(bela.archive.photoFolder) }).toEqual(before);
});
