import { expect, test } from 'vitest';
import { statusOf } from '../../src/index.ts';
import { words } from '../cli/demo-archives.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const pictures = (...ids: number[]) => ({ images: ids.map((siteImageId) => ({ siteImageId })) });

test('what was asked for and came by another way is told, and how to forget the list', async () => {
  const bela = new Archivist(folder(), 'bela', pictures(9));
  const anna = new Archivist(folder(), 'anna', pictures(1, 2, 3));
  const { listId } = (await bela.ask([await anna.catalog()])).remotes[0]!.asked;
  const waiting = async () => (await statusOf({ db: bela.db })).lists.find((list) => list.listId === listId);
  expect(await waiting()).toMatchObject({ pending: 3, hereMeanwhile: 0 });
  await bela.take(await new Archivist(folder(), 'cili', pictures(1, 2)).pack());
  expect(await waiting()).toMatchObject({ pending: 3, hereMeanwhile: 2 });
  await bela.take(await anna.pack());
  expect(await waiting()).toMatchObject({ pending: 3, hereMeanwhile: 3 });
  const { out } = await words(['status', listId!, '--db', bela.db, '--lang', 'en']);
  expect(out).toContain('3 came by another way');
  expect(out).toContain(`indabundle cleanup ${listId}`);
  expect((await words(['cleanup', listId!, '--db', bela.db, '--yes'])).status).toBe(0);
  expect(await waiting()).toBeUndefined();
});

test('a photo that is asked for because it is lost did not come by another way', async () => {
  const images = [{ siteImageId: 1, file: 'missing' as const }, { siteImageId: 2 }];
  const bela = new Archivist(folder(), 'bela', { images });
  const anna = new Archivist(folder(), 'anna', pictures(1, 2));
  const { listId } = (await bela.ask([await anna.catalog()])).remotes[0]!.asked;
  const { lists } = await statusOf({ db: bela.db });
  expect(lists.find((list) => list.listId === listId)).toMatchObject({ pending: 1, hereMeanwhile: 0 });
});
