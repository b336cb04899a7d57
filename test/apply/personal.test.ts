import { describe, expect, test } from 'vitest';
import type { ArchiveSpec, ImageSpec } from '../../fixtures/archive-builder.ts';
import { fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import { compareReceiver } from '../../fixtures/receiver-comparison.ts';
import { applyBundle, exportBundle, revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const images: ImageSpec[] = [
  { siteImageId: 1, author: 'Anna' },
  { siteImageId: 2, author: 'Béla' },
  { siteImageId: 3, author: 'Cili' },
];
const personal: Partial<ArchiveSpec> = {
  notes: [
    { imageId: 1, note: 'Kinyomtatni!' },
    { imageId: 1, note: 'nagyban' },
    { imageId: 2, note: 'szép' },
  ],
  marked: [1, 1, 3],
  favorites: ['Anna', 'Cili', 'Senki'],
};

async function exchanged(receiver: Partial<ArchiveSpec>, includePersonal = true) {
  const anna = new Archivist(folder(), 'anna', { images, ...personal });
  const bela = new Archivist(folder(), 'bela', { images: [images[1]!], ...receiver });
  const input = `${folder()}/trip.indabundle`;
  await exportBundle({ db: anna.db, selection: { kind: 'all' }, output: input, includePersonal });
  const notices: string[] = [];
  const apply = (wanted: boolean) =>
    applyBundle({
      db: bela.db,
      input,
      backup: false,
      includePersonal: wanted,
      observer: (event) => void (event.type === 'notice' && notices.push(event.notice)),
    });
  return { bela, apply, notices };
}

/** What a person wrote about pictures, by the pages of the pictures. */
function written(person: Archivist) {
  const page = `substr(page_url, instr(page_url, '/image/') + 7, 1)`;
  return {
    notes: person.query(
      `SELECT ${page} AS image, note FROM image_notes JOIN images ON images.id = image_id ORDER BY 1, 2`,
    ),
    marks: person.query(
      `SELECT ${page} AS image FROM marked_images JOIN images ON images.id = image_id ORDER BY 1`,
    ),
    favorites: person.query('SELECT author_name FROM favorite_authors ORDER BY 1'),
  };
}

const ALL = {
  notes: [
    { image: '1', note: 'Kinyomtatni!' },
    { image: '1', note: 'nagyban' },
    { image: '2', note: 'szép' },
  ],
  marks: [{ image: '1' }, { image: '3' }],
  favorites: [{ author_name: 'Anna' }, { author_name: 'Cili' }],
};

describe('notes, marks and favourites', () => {
  test('come when both sides ask for them', async () => {
    const { bela, apply } = await exchanged({});
    const before = readArchive(bela.archive.dir);
    expect((await apply(true)).personalAdded).toBe(7);
    expect(written(bela)).toEqual(ALL);
    expect(compareReceiver(before, readArchive(bela.archive.dir), { personal: true })).toEqual([]);
  });

  test.each([
    [true, false],
    [false, true],
  ])('stay behind when only one does (export %s, apply %s)', async (exported, wanted) => {
    const { bela, apply, notices } = await exchanged({}, exported);
    expect((await apply(wanted)).personalAdded).toBe(0);
    expect(written(bela)).toEqual({ notes: [], marks: [], favorites: [] });
    expect(notices.includes('personal-left-behind')).toBe(exported);
  });

  test('never come twice', async () => {
    const { bela, apply } = await exchanged({
      notes: [
        { imageId: 1, note: 'szép' },
        { imageId: 1, note: 'enyém' },
      ],
      marked: [1],
      favorites: ['Cili'],
    });
    await apply(true);
    const once = written(bela);
    expect(once.notes.filter((row) => JSON.stringify(row).includes('"2"'))).toEqual([
      { image: '2', note: 'enyém' },
      { image: '2', note: 'szép' },
    ]);
    expect((await apply(true)).personalAdded).toBe(0);
    expect(written(bela)).toEqual(once);
  });

  test('can be taken over later', async () => {
    const { bela, apply } = await exchanged({});
    await apply(false);
    expect((await apply(true)).personalAdded).toBe(7);
    expect(written(bela)).toEqual(ALL);
  });

  test('of banned authors stay away', async () => {
    const { bela, apply } = await exchanged({ bannedAuthors: ['Anna'] });
    await apply(true);
    expect(written(bela)).toMatchObject({
      notes: [{ image: '2' }],
      marks: [{ image: '3' }],
      favorites: [{ author_name: 'Cili' }],
    });
  });

  test('do not matter where the receiver has no tables for them', async () => {
    const { apply } = await exchanged({ schema: 'no-optional' });
    expect(await apply(true)).toMatchObject({ personalAdded: 0, outcomes: { added: 2, failed: 0 } });
  });

  test('are taken back with the rest', async () => {
    const { bela, apply } = await exchanged({ notes: [{ imageId: 1, note: 'enyém' }] });
    const whole = () => ({
      archive: readArchive(bela.archive.dir),
      files: fileTree(bela.archive.photoFolder),
    });
    const before = whole();
    const { operationId } = await apply(true);
    const result = await revert({ db: bela.db, operationId: operationId!, backup: false });
    expect(result).toMatchObject({ personalRemoved: 7, kept: [] });
    expect(whole()).toEqual(before);
  });

  test('that were written over stay, with their picture', async () => {
    const { bela, apply } = await exchanged({});
    const { operationId } = await apply(true);
    bela.run(`UPDATE image_notes SET note = 'átírva' WHERE note = 'nagyban'`);
    const result = await revert({ db: bela.db, operationId: operationId!, backup: false });
    expect(result.kept.map(({ what, reason }) => `${what} ${reason}`)).toContain('image changed');
    expect(written(bela).notes).toContainEqual({ image: '1', note: 'átírva' });
  });
});
