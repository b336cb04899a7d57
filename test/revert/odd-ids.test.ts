import { expect, test } from 'vitest';
import { readArchive } from '../../fixtures/archive-reader.ts';
import { revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

test('what was done to pictures whose id is no positive number is taken back, too', async () => {
  const anna = new Archivist(folder(), 'anna', {
    images: [1, 2, 3].map((siteImageId) => ({ siteImageId, description: 'leírás', tags: ['tó'] })),
  });
  const bela = new Archivist(folder(), 'bela', {
    images: [
      { id: -5, siteImageId: 1, description: null },
      { id: -1, siteImageId: 2, file: 'missing' },
      { id: 0, siteImageId: 3, tags: ['köd'] },
    ],
  });
  const before = readArchive(bela.archive.dir);
  const { operationId } = await bela.take(await anna.pack());
  expect(readArchive(bela.archive.dir)).not.toEqual(before);
  const result = await revert({ db: bela.db, operationId: operationId!, backup: false });
  expect(result).toMatchObject({ kept: [], imagesSetBack: 1 });
  expect(readArchive(bela.archive.dir)).toEqual(before);
});
