import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const photo = (siteImageId: number) => ({
  siteImageId,
  author: 'Anna',
  fileName: 'same.jpg',
  file: uniqueJpeg(`photo ${siteImageId}`, 2000),
});

test('no new photo comes to lie where a row would look for its own once an operation is taken back', async () => {
  const bela = new Archivist(folder(), 'bela', { images: [{ ...photo(1), file: 'missing' }] });
  const [own] = bela.query<{ path: string }>('SELECT local_path AS path FROM images');
  const first = await bela.take(await new Archivist(folder(), 'anna', { images: [photo(1)] }).pack());
  expect(first.outcomes.restored).toBe(1);
  const second = await bela.take(await new Archivist(folder(), 'cili', { images: [photo(2)] }).pack());
  expect(second.outcomes.added).toBe(1);
  await revert({ db: bela.db, operationId: first.operationId!, backup: false });
  expect(bela.query('SELECT local_path AS path FROM images WHERE id = 1')).toEqual([own]);
  expect(existsSync(`${bela.archive.dir}/${own!.path}`)).toBe(false);
  expect(bela.read().fileDigests.get(2)).toBe(sha256(photo(2).file));
});
