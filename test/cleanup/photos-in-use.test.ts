import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { applyBundle, cleanup, revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const taken = async (bela: Archivist, siteImageId: number, name: string) => {
  const other = new Archivist(folder(), name, {
    images: [{ siteImageId, file: uniqueJpeg(name, 3000) }],
  });
  const input = await other.pack();
  return await applyBundle({ db: bela.db, input, backup: false, onConflict: 'take-remote' });
};

test('a photo that another row shows through a link of another name is not removed', async () => {
  const same = uniqueJpeg('same');
  const bela = new Archivist(folder(), 'bela', {
    images: [
      { siteImageId: 1, file: same },
      { siteImageId: 2, file: same },
    ],
  });
  const [first, second] = bela.archive.images.map(({ filePath }) => filePath!);
  rmSync(second!);
  symlinkSync(first!, second!);
  await taken(bela, 1, 'anna');
  await cleanup({ db: bela.db });
  expect(readFileSync(second!).equals(same)).toBe(true);
});

test('nor is one of ours, when what added it is taken back', async () => {
  const same = uniqueJpeg('same');
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 2, file: same }] });
  const anna = new Archivist(folder(), 'anna', { images: [{ siteImageId: 1, file: same }] });
  const { operationId } = await bela.take(await anna.pack());
  const added = bela.query<{ path: string }>('SELECT local_path AS path FROM images ORDER BY id DESC')[0]!;
  const own = bela.archive.images[0]!.filePath!;
  rmSync(own);
  symlinkSync(`${bela.archive.dir}/${added.path}`, own);
  const { kept } = await revert({ db: bela.db, operationId: operationId!, backup: false });
  expect(readFileSync(own).equals(same)).toBe(true);
  expect(kept).toContainEqual({ what: 'file', name: added.path, reason: 'used' });
  expect(bela.query(`SELECT DISTINCT typeof(seq) AS type FROM sqlite_sequence`)).toEqual([
    { type: 'integer' },
  ]);
});

test('a photo that another operation would bring back stays until that one is cleaned up', async () => {
  const same = uniqueJpeg('same');
  const localPath = 'indafoto_archive/shared.jpg';
  const bela = new Archivist(folder(), 'bela', {
    images: [
      { siteImageId: 1, file: same, localPath },
      { siteImageId: 2, file: same, localPath },
    ],
  });
  const { operationId: first } = await taken(bela, 1, 'anna');
  const { operationId: second } = await taken(bela, 2, 'cili');
  await cleanup({ db: bela.db, id: first! });
  await revert({ db: bela.db, operationId: second!, backup: false });
  expect(bela.query('SELECT local_path AS path FROM images WHERE id = 2')).toEqual([{ path: localPath }]);
  expect(readFileSync(`${bela.archive.dir}/${localPath}`).equals(same)).toBe(true);
});
