import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { statusOf } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

test('what somebody could not give is not asked for again while he has another copy of the picture', async () => {
  const photo = { siteImageId: 1, author: 'Anna', file: uniqueJpeg('photo', 2000) };
  // Which of two contents is asked for first is nobody's business: one of these two archives says the wrong one first.
  for (const lie of ['0'.repeat(64), 'f'.repeat(64)]) {
    const anna = new Archivist(folder(lie[0]), 'anna', {
      images: [{ ...photo, digest: lie }, photo, { siteImageId: 2 }],
    });
    const bela = new Archivist(folder(lie[0]), 'bela', { images: [{ siteImageId: 9 }] });
    for (let round = 1; round <= 2; round += 1) {
      const request = (await bela.ask([anna.db])).remotes[0]!.asked.requestPath;
      if (request !== null) await bela.take(await anna.answer(request));
    }
    expect([...bela.read().fileDigests.values()]).toContain(sha256(photo.file));
    expect((await bela.ask([anna.db], { dryRun: true })).asked).toBe(0);
  }
});

test('what a sender turns out not to have is one failure in the books, though his bundle says it twice', async () => {
  const anna = new Archivist(folder('once'), 'anna', {
    images: [{ siteImageId: 1, digest: '0'.repeat(64) }, { siteImageId: 2 }],
  });
  const bela = new Archivist(folder('once'), 'bela', { images: [] });
  const request = (await bela.ask([await anna.catalog()])).remotes[0]!.asked.requestPath!;
  const { outcomes, operationId } = await bela.take(await anna.answer(request));
  expect(outcomes).toMatchObject({ added: 1, failed: 1 });
  const { operations, failures } = await statusOf({ db: bela.db, id: operationId! });
  expect(operations).toMatchObject([{ total: 2, processed: 1, errors: 1 }]);
  expect(failures).toHaveLength(1);
});
