import { expect, test } from 'vitest';
import { siteUrl } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { applyBundle } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const [URL, PAGE] = ['https://example.hu/tó.jpg', 'https://example.hu/oldal'];
const FIRST = uniqueJpeg('first', 2000);
const none = { pageUrl: null, url: null };

test('two records that know one row by different addresses: the first gives it its photo, the other is told as a conflict', async () => {
  const anna = new Archivist(folder(), 'anna', {
    images: [
      { ...none, url: URL, file: FIRST },
      { ...none, pageUrl: PAGE, file: uniqueJpeg('second', 3000) },
    ],
  });
  const bela = new Archivist(folder(), 'bela', {
    images: [{ ...none, url: URL, pageUrl: PAGE, file: 'missing' }],
  });
  const input = await anna.pack();
  const planned = await applyBundle({ db: bela.db, input, dryRun: true });
  const { outcomes } = await applyBundle({ db: bela.db, input, backup: false });
  expect(outcomes).toMatchObject({ restored: 1, conflict: 1 });
  expect(planned.outcomes).toEqual(outcomes);
  const { fileDigests } = bela.read();
  expect(fileDigests.get(1)).toBe(sha256(FIRST));
  expect(fileTree(bela.archive.photoFolder).size).toBe(1);
});

test('two photos of one image that both archives have, where no row says which is whose: both are known again', async () => {
  const image = { siteImageId: 3, digest: null };
  const small = { ...image, url: siteUrl(3, { size: 'l' }), file: FIRST };
  const large = { ...image, url: siteUrl(3, { size: 'xl' }), file: uniqueJpeg('second', 3000) };
  const anna = new Archivist(folder(), 'anna', { images: [small, large] });
  const bela = new Archivist(folder(), 'bela', { images: [large, small] });
  const input = await anna.pack();
  const files = fileTree(bela.archive.photoFolder);
  const { outcomes } = await applyBundle({ db: bela.db, input, backup: false });
  expect(outcomes).toMatchObject({ present: 2, conflict: 0 });
  expect(fileTree(bela.archive.photoFolder)).toEqual(files);
  const { images, fileDigests } = bela.read();
  expect([...images].map(([id, row]) => [id, row['sha256_hash']])).toEqual([...fileDigests]);
});
