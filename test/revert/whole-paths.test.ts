import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

test('a photo that another row names by its whole path stays', async () => {
  const anna = new Archivist(folder(), 'anna', { images: [{ siteImageId: 1 }] });
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 9 }] });
  const { operationId } = await bela.take(await anna.pack());
  const [added] = bela.query<{ path: string }>('SELECT local_path AS path FROM images ORDER BY id DESC');
  const photo = join(bela.archive.dir, added!.path);
  bela.run('INSERT INTO images (url, local_path) VALUES (?, ?)', 'https://example.org/mine.jpg', photo);
  const { kept } = await revert({ db: bela.db, operationId: operationId!, backup: false });
  expect(kept).toEqual([{ what: 'file', name: added!.path, reason: 'used' }]);
  expect(existsSync(photo)).toBe(true);
});
