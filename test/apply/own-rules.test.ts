import { describe, expect, test } from 'vitest';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { applyBundle, type Event, exportBundle, revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const images = ['első', 'második', 'harmadik'].map((title, at) => ({
  siteImageId: at + 1,
  title,
  tags: ['tó', `saját ${title}`],
  author: `Szerző ${title}`,
  file: uniqueJpeg(title, 2000),
}));

/** Three images go to somebody whose database has rules of its own. */
async function applied(...rules: string[]) {
  const details = images.map(({ author }) => ({ author, bio: 'fotós' }));
  const anna = new Archivist(folder(), 'anna', { images, authorDetails: details });
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 9, tags: ['itt'] }] });
  for (const rule of rules) bela.run(rule);
  const before = { archive: bela.read(), files: fileTree(bela.archive.photoFolder) };
  const input = await anna.pack();
  const events: Event[] = [];
  const observer = (event: Event) => events.push(event);
  const take = () => applyBundle({ db: bela.db, input, backup: false, observer });
  return { bela, before, take, events, result: await take() };
}

const titles = (bela: Archivist) =>
  bela
    .query<{ title: string }>(`SELECT title FROM images WHERE id > 1 ORDER BY title`)
    .map(({ title }) => title);

/** Which tags each image has. */
const tagged = (bela: Archivist) =>
  bela.query(`SELECT title, group_concat(name, ', ') AS names FROM (SELECT title, name FROM images JOIN image_tags ON image_id = images.id
              JOIN tags ON tags.id = tag_id WHERE images.id > 1 ORDER BY title, name) GROUP BY title`);

const TAGGED = [
  { title: 'első', names: 'saját első, tó' },
  { title: 'harmadik', names: 'saját harmadik, tó' },
];

describe('an image that the receiver’s own rules keep out fails, and no other', () => {
  test.each([
    [
      'a trigger that ignores it',
      `CREATE TRIGGER own BEFORE INSERT ON images WHEN new.title = 'második' BEGIN SELECT RAISE(IGNORE); END`,
      'a trigger ignored it',
    ],
    [
      'a trigger that aborts',
      `CREATE TRIGGER own BEFORE INSERT ON images WHEN new.title = 'második' BEGIN SELECT RAISE(ABORT, 'nem kell'); END`,
      'nem kell',
    ],
    [
      'a trigger that aborts behind the row',
      `CREATE TRIGGER own AFTER INSERT ON image_tags WHEN (SELECT name FROM tags WHERE id = new.tag_id) = 'saját második'
       BEGIN SELECT RAISE(ABORT, 'nem kell'); END`,
      'nem kell',
    ],
    [
      'an index of its own',
      `CREATE UNIQUE INDEX own ON images (CASE WHEN title IN ('második', 'itt van') THEN 1 ELSE id END) WHERE title IN ('második', 'itt van')`,
      'UNIQUE',
    ],
  ])('%s', async (_what, rule, reason) => {
    const { bela, before, take, result } = await applied(
      `UPDATE images SET title = 'itt van' WHERE id = 1`,
      rule,
    );
    expect(result.outcomes).toMatchObject({ added: 2, failed: 1 });
    expect(result.failures).toEqual([
      { record: 'második', reason: expect.stringContaining(reason) as string },
    ]);
    expect(titles(bela)).toEqual(['első', 'harmadik']);
    expect(tagged(bela)).toEqual(TAGGED);
    expect(bela.query(`SELECT name FROM tags WHERE name = 'saját második'`)).toEqual([]);
    expect(fileTree(bela.archive.photoFolder).size).toBe(before.files.size + 2);
    bela.run('DROP ' + (rule.includes('TRIGGER') ? 'TRIGGER' : 'INDEX') + ' own');
    expect((await take()).outcomes).toMatchObject({ added: 1, present: 2, failed: 0 });
    expect(titles(bela)).toEqual(['első', 'harmadik', 'második']);
    await revert({ db: bela.db, operationId: result.operationId!, backup: false });
    expect({
      archive: { ...bela.read(), layout: before.archive.layout },
      files: fileTree(bela.archive.photoFolder),
    }).toEqual(before);
  });
});

test('a tag that a trigger ignores is not linked, and its images come all the same', async () => {
  const { bela, result } = await applied(
    `CREATE TRIGGER own BEFORE INSERT ON tags WHEN new.name = 'tó' BEGIN SELECT RAISE(IGNORE); END`,
  );
  expect(result.outcomes).toMatchObject({ added: 3, failed: 0 });
  expect(tagged(bela)).toEqual(
    ['első', 'harmadik', 'második'].map((title) => ({ title, names: `saját ${title}` })),
  );
});

test('details of an author that a rule keeps out do not keep his photos out, and it is said', async () => {
  const { bela, result, events } = await applied(
    `CREATE TRIGGER own BEFORE INSERT ON author_details WHEN new.author = 'Szerző második' BEGIN SELECT RAISE(ABORT, 'nem kell'); END`,
  );
  expect(result).toMatchObject({ outcomes: { added: 3, failed: 0 }, authorsAdded: 2 });
  expect(bela.query('SELECT count(*) AS count FROM author_details')).toEqual([{ count: 2 }]);
  expect(events).toContainEqual({ type: 'notice', notice: 'authors-refused', params: { count: 1 } });
});

test('a favourite that a rule keeps out stops nothing, and it is said', async () => {
  const anna = new Archivist(folder(), 'anna', { images, favorites: ['Szerző első', 'Szerző második'] });
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 9 }] });
  bela.run(
    `CREATE TRIGGER own BEFORE INSERT ON favorite_authors WHEN new.author_name = 'Szerző első' BEGIN SELECT RAISE(ABORT, 'nem kell'); END`,
  );
  const input = `${folder()}/favourites.indabundle`;
  await exportBundle({ db: anna.db, selection: { kind: 'all' }, output: input, includePersonal: true });
  const events: Event[] = [];
  const observer = (event: Event) => events.push(event);
  const options = { db: bela.db, input, backup: false, includePersonal: true, observer };
  expect(await applyBundle(options)).toMatchObject({ outcomes: { added: 3 }, personalAdded: 1 });
  expect(bela.query('SELECT author_name AS name FROM favorite_authors')).toEqual([
    { name: 'Szerző második' },
  ]);
  expect(events).toContainEqual({ type: 'notice', notice: 'authors-refused', params: { count: 1 } });
});

test('a trigger that takes the whole transaction back changes nothing, and no photo lies without a row', async () => {
  const rule = `CREATE TRIGGER own BEFORE INSERT ON images WHEN new.title = 'második' BEGIN SELECT RAISE(ROLLBACK, 'nem kell'); END`;
  const anna = new Archivist(folder(), 'anna', { images });
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 9, tags: ['itt'] }] });
  bela.run(rule);
  const before = { archive: bela.read(), files: fileTree(bela.archive.photoFolder) };
  const input = await anna.pack();
  await expect(applyBundle({ db: bela.db, input, backup: false })).rejects.toMatchObject({
    code: 'db-own-rules',
    message: expect.stringContaining('nem kell') as string,
  });
  expect(bela.read()).toEqual(before.archive);
  bela.run('DROP TRIGGER own');
  expect((await applyBundle({ db: bela.db, input, backup: false })).outcomes).toMatchObject({ added: 3 });
  expect(fileTree(bela.archive.photoFolder).size).toBe(before.files.size + 3);
});

test('a trigger that calls a function of another program is named, and nothing changes', async () => {
  const anna = new Archivist(folder(), 'anna', { images });
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 9, tags: ['itt'] }] });
  bela.run('CREATE TRIGGER own AFTER INSERT ON images BEGIN SELECT folded_by_python(new.title); END');
  const before = { archive: bela.read(), files: fileTree(bela.archive.photoFolder) };
  const applied = applyBundle({ db: bela.db, input: await anna.pack(), backup: false });
  const message = expect.stringContaining('folded_by_python') as string;
  await expect(applied).rejects.toMatchObject({ code: 'db-own-rules', exitStatus: 5, message });
  expect(bela.read()).toEqual(before.archive);
});

test('no row of the receiver gives way, whatever a constraint of his says of doubles', async () => {
  const album = (id: string) => ({ siteImageId: Number(id), albums: [{ id, title: 'Nyár' }] });
  const anna = new Archivist(folder(), 'anna', { images: [album('7')] });
  const bela = new Archivist(folder(), 'bela', { images: [album('8')] });
  bela.run('ALTER TABLE albums RENAME TO old_albums');
  bela.run(
    'CREATE TABLE albums (id INTEGER PRIMARY KEY, album_id TEXT UNIQUE, title TEXT UNIQUE ON CONFLICT REPLACE)',
  );
  bela.run('INSERT INTO albums SELECT id, album_id, title FROM old_albums');
  bela.run('DROP TABLE old_albums');
  const { outcomes } = await applyBundle({ db: bela.db, input: await anna.pack(), backup: false });
  expect(outcomes).toMatchObject({ failed: 1 });
  expect(bela.query('SELECT album_id AS id FROM albums')).toEqual([{ id: '8' }]);
});
