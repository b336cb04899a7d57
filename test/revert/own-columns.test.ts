import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { applyBundle, exportBundle, revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { databaseDump } from '../support/database-dump.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const images: ImageSpec[] = [{ siteImageId: 1, tags: ['tó'] }, { siteImageId: 2 }, { siteImageId: 3 }];

/** A receiver that lacks two of the pictures, and has columns of his own. */
async function applied(...columns: string[]) {
  const anna = new Archivist(folder(), 'anna', { images });
  const bela = new Archivist(folder(), 'bela', { images: images.slice(2) });
  for (const column of columns) bela.run(`ALTER TABLE images ADD COLUMN ${column}`);
  const before = databaseDump(bela.archive.dir).get('images');
  const input = join(folder(), 'trip.indabundle');
  await exportBundle({ db: anna.db, selection: { kind: 'all' }, output: input });
  const { operationId } = await applyBundle({ db: bela.db, input, backup: false });
  const takeBack = () => revert({ db: bela.db, operationId: operationId!, backup: false });
  return { bela, before, takeBack };
}

describe('columns of the user in images that fill themselves', () => {
  test('do not make a picture that came look changed', async () => {
    const { bela, before, takeBack } = await applied(
      'stars INTEGER NOT NULL DEFAULT 5',
      'loud TEXT AS (upper(title))',
    );
    expect(await takeBack()).toMatchObject({ kept: [], imagesRemoved: 2 });
    expect(databaseDump(bela.archive.dir).get('images')).toEqual(before);
  });

  test('or alter what comes', async () => {
    const { bela, before, takeBack } = await applied();
    await takeBack();
    bela.run(
      `CREATE TRIGGER own AFTER INSERT ON images BEGIN UPDATE images SET title = upper(new.title) WHERE id = new.id; END`,
    );
    const input = join(folder(), 'trip.indabundle');
    const { operationId } = await applyBundle({ db: bela.db, input, backup: false });
    const result = await revert({ db: bela.db, operationId: operationId!, backup: false });
    expect(result).toMatchObject({ kept: [], imagesRemoved: 2 });
    expect(databaseDump(bela.archive.dir).get('images')).toEqual(before);
  });

  test('are looked at for what the user has changed since', async () => {
    const { bela, takeBack } = await applied('stars INTEGER DEFAULT 5');
    bela.run('UPDATE images SET stars = 4');
    expect(await takeBack()).toMatchObject({ imagesRemoved: 0 });
  });
});
