import { copyFileSync, existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** Another row of the receiver's names the photo that came, in a spelling of its own; then the apply is reverted. */
async function revertBeside(spelling: (path: string, root: string) => string, linked = false) {
  const anna = new Archivist(folder(), 'anna', { images: [{ siteImageId: 1 }] });
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 9 }] });
  const root = linked ? `${bela.archive.dir}-link` : bela.archive.dir;
  if (linked) symlinkSync(bela.archive.dir, root);
  const { operationId } = await bela.take(await anna.pack());
  const [added] = bela.query<{ path: string }>('SELECT local_path AS path FROM images ORDER BY id DESC');
  const path = spelling(added!.path, bela.archive.dir);
  bela.run('INSERT INTO images (url, local_path) VALUES (?, ?)', 'https://example.org/mine.jpg', path);
  const { kept } = await revert({
    db: join(root, 'indafoto.db'),
    operationId: operationId!,
    backup: false,
  });
  return { kept, path: added!.path, isThere: existsSync(join(bela.archive.dir, added!.path)) };
}

describe('a photo that another row names stays, whatever way the row names it', () => {
  const otherWay = (path: string, root: string) => {
    symlinkSync(join(root, dirname(path)), join(root, 'indafoto_archive', 'shortcut'));
    return path.replace(dirname(path), 'indafoto_archive/shortcut');
  };
  test.each<[string, (path: string, root: string) => string]>([
    ['its whole path', (path, root) => join(root, path)],
    ['its whole path with a detour', (path, root) => `${root}/./x/../${path}`],
    ['its whole path on a system that does not tell case', (path, root) => join(root, path).toUpperCase()],
    ['a dot', (path) => path.replace('/', '/./')],
    ['dots before it', (path, root) => `../${root.split('/').at(-1)}/${path}`],
    ['backslashes', (path) => path.replaceAll('/', '\\')],
    ['a link within the archive', otherWay],
  ])('%s', async (_name, spelling) => {
    const { kept, path, isThere } = await revertBeside(spelling);
    expect(kept).toEqual([{ what: 'file', name: path, reason: 'used' }]);
    expect(isThere).toBe(true);
  });

  test('its whole path, where the archive was opened through a link', async () => {
    const { kept, path, isThere } = await revertBeside((name, root) => join(root, name), true);
    expect(kept).toEqual([{ what: 'file', name: path, reason: 'used' }]);
    expect(isThere).toBe(true);
  });

  test('its whole path through a link, where the archive was opened without one', async () => {
    const { isThere } = await revertBeside((name, root) => {
      symlinkSync(root, `${root}-way`);
      return join(`${root}-way`, name);
    });
    expect(isThere).toBe(true);
  });
});

test.each(['no/such/folder', 'x'.repeat(300), 'nul\u0000', 'indafoto.db'])(
  'a row that names what is no file, in %j, is no reason to keep one',
  async (where) => {
    const { kept, isThere } = await revertBeside((path) => `${where}/${path.split('/').at(-1)}`);
    expect(kept).toEqual([]);
    expect(isThere).toBe(false);
  },
);

test('an apply is not taken back while its photos are on a disk that is not there', async () => {
  const anna = new Archivist(folder(), 'anna', { images: [{ siteImageId: 1 }] });
  const bela = new Archivist(folder(), 'bela', { images: [] });
  const { operationId } = await bela.take(await anna.pack());
  const { dir, photoFolder } = bela.archive;
  renameSync(photoFolder, `${dir}-away`);
  const undo = (more: { dryRun?: boolean } = {}) =>
    revert({ db: bela.db, operationId: operationId!, backup: false, ...more });
  await expect(undo({ dryRun: true })).rejects.toMatchObject({ code: 'photos-not-there' });
  await expect(undo()).rejects.toMatchObject({ code: 'photos-not-there', exitStatus: 5 });
  renameSync(`${dir}-away`, photoFolder);
  expect(await undo()).toMatchObject({ imagesRemoved: 1, filesRemoved: 1 });
});

test('a photo that only shares its name with those of other rows goes', async () => {
  const { kept, isThere } = await revertBeside((path, root) => {
    const other = join(root, 'elsewhere', path);
    mkdirSync(dirname(other), { recursive: true });
    copyFileSync(join(root, path), other);
    return join('elsewhere', path);
  });
  expect(kept).toEqual([]);
  expect(isThere).toBe(false);
});
