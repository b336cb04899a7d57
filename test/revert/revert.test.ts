import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import type { SchemaName } from '../../fixtures/archive-schemas.ts';
import { fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import { hardArchive } from '../../fixtures/hard-values.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { type ApplyOptions, applyBundle, exportBundle, revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** Everything of an archive that a user could miss, and the next ids of its tables. */
function whole(person: Archivist) {
  const sequences = person.query<{ name: string; seq: number }>(
    `SELECT name, seq FROM sqlite_sequence WHERE name NOT LIKE 'sync_%' ORDER BY name`,
  );
  return { archive: readArchive(person.archive.dir), files: fileTree(person.archive.photoFolder), sequences };
}

async function carry(
  from: Archivist,
  to: Archivist,
  name: string,
  options: Partial<ApplyOptions> = {},
): Promise<string> {
  const output = join(folder(), `${name}.indabundle`);
  await exportBundle({ db: from.db, selection: { kind: 'all' }, output });
  const { operationId } = await applyBundle({ db: to.db, input: output, backup: false, ...options });
  return operationId!;
}

const takeBack = (person: Archivist, operationId: string) =>
  revert({ db: person.db, operationId, backup: false });

const mixed: ImageSpec[] = [
  { siteImageId: 1, tags: ['tó', 'új címke'], albums: [{ id: '1' }], collections: [{ id: 'c' }] },
  { siteImageId: 2, tags: ['tó'], description: 'leírás', cameraModel: 'EOS' },
  { siteImageId: 3, tags: ['köd'] },
  { siteImageId: 4, file: uniqueJpeg('other bytes', 9000) },
  { siteImageId: 5 },
];
const receiving: ImageSpec[] = [
  { siteImageId: 2, tags: ['tó'], description: null, cameraModel: null },
  { siteImageId: 3, file: 'missing', tags: [] },
  { siteImageId: 4 },
  { siteImageId: 9, tags: ['saját'] },
];

describe('apply and revert give back what was', () => {
  const schemas: SchemaName[] = [
    'today',
    'upgraded',
    'oldest',
    'no-optional',
    'python-sync',
    'today-without-wal',
  ];
  test.each(schemas)('in the layout %s', async (schema) => {
    const anna = new Archivist(folder(), 'anna', {
      images: mixed,
      authorDetails: [{ author: 'Szűcs Márta', bio: 'fotós' }],
    });
    const bela = new Archivist(folder(), 'bela', { images: receiving, schema });
    const before = whole(bela);
    const operationId = await carry(anna, bela, 'trip');
    expect(whole(bela).archive.images).not.toEqual(before.archive.images);
    const result = await takeBack(bela, operationId);
    expect(result).toMatchObject({ kept: [], imagesRemoved: 2, imagesSetBack: 1 });
    expect(whole(bela)).toEqual(before);
  });

  test.each(['take-remote', 'keep-both', 'larger'] as const)('with --on-conflict %s', async (onConflict) => {
    const anna = new Archivist(folder(), 'anna', { images: mixed });
    const bela = new Archivist(folder(), 'bela', { images: receiving });
    const before = whole(bela);
    const operationId = await carry(anna, bela, 'trip', { onConflict });
    expect((await takeBack(bela, operationId)).kept).toEqual([]);
    expect(whole(bela)).toEqual(before);
  });

  test('with every hard value', async () => {
    const anna = new Archivist(folder(), 'anna', hardArchive());
    const bela = new Archivist(folder(), 'bela', {
      ...hardArchive(),
      images: hardArchive().images.filter((_, at) => at % 2 === 0),
    });
    const before = whole(bela);
    const operationId = await carry(anna, bela, 'trip');
    await takeBack(bela, operationId);
    expect(whole(bela)).toEqual(before);
  });

  test('and a second time there is nothing to do, nor a backup to make', async () => {
    const anna = new Archivist(folder(), 'anna', { images: mixed });
    const bela = new Archivist(folder(), 'bela', { images: receiving });
    const operationId = await carry(anna, bela, 'trip');
    expect((await revert({ db: bela.db, operationId })).backupPath).not.toBeNull();
    expect(await revert({ db: bela.db, operationId })).toMatchObject({ backupPath: null, imagesRemoved: 0 });
  });

  test('several, the last first', async () => {
    const anna = new Archivist(folder(), 'anna', { images: mixed });
    const cili = new Archivist(folder(), 'cili', {
      images: [...mixed.slice(2), { siteImageId: 20, tags: ['új címke'] }],
    });
    const bela = new Archivist(folder(), 'bela', { images: receiving });
    const before = whole(bela);
    const first = await carry(anna, bela, 'first');
    const between = whole(bela);
    const second = await carry(cili, bela, 'second');
    await takeBack(bela, second);
    expect(whole(bela)).toEqual(between);
    await takeBack(bela, first);
    expect(whole(bela)).toEqual(before);
  });

  test('and the bundle can be applied again', async () => {
    const anna = new Archivist(folder(), 'anna', { images: mixed });
    const bela = new Archivist(folder(), 'bela', { images: receiving });
    const operationId = await carry(anna, bela, 'trip');
    const applied = whole(bela);
    await takeBack(bela, operationId);
    const again = await carry(anna, bela, 'again');
    expect(again).not.toBe(operationId);
    expect(whole(bela)).toEqual(applied);
  });
});

describe('what was changed since, or is used, stays', () => {
  async function applied() {
    const anna = new Archivist(folder(), 'anna', { images: mixed });
    const bela = new Archivist(folder(), 'bela', { images: receiving });
    const operationId = await carry(anna, bela, 'trip');
    const [added] = bela.query<{ id: number; local_path: string }>(
      `SELECT id, local_path FROM images WHERE page_url LIKE '%/image/1-%'`,
    );
    return { anna, bela, operationId, added: added! };
  }

  test('a row with a new title', async () => {
    const { bela, operationId, added } = await applied();
    bela.run(`UPDATE images SET title = 'átírtam' WHERE id = ?`, added.id);
    const result = await takeBack(bela, operationId);
    expect(result.kept).toContainEqual({ what: 'image', name: String(added.id), reason: 'changed' });
    const now = whole(bela).archive;
    expect(now.images.get(added.id)).toMatchObject({ title: 'átírtam' });
    expect(now.fileDigests.get(added.id)).not.toBeNull();
    expect(now.links.filter(({ imageId }) => imageId === added.id).map(({ key }) => key)).toEqual([
      'tó',
      'új címke',
      '1',
      'c',
    ]);
  });

  test('a row with a note', async () => {
    const { bela, operationId, added } = await applied();
    bela.run(`INSERT INTO image_notes (image_id, note) VALUES (?, 'szép')`, added.id);
    const result = await takeBack(bela, operationId);
    expect(result.kept).toContainEqual({ what: 'image', name: String(added.id), reason: 'used' });
    expect(whole(bela).archive.fileDigests.get(added.id)).not.toBeNull();
  });

  test('a picture that was edited', async () => {
    const { bela, operationId, added } = await applied();
    writeFileSync(join(bela.archive.dir, added.local_path), uniqueJpeg('edited'));
    const result = await takeBack(bela, operationId);
    expect(result.kept).toContainEqual({ what: 'image', name: String(added.id), reason: 'file-changed' });
    expect(existsSync(join(bela.archive.dir, added.local_path))).toBe(true);
    expect(whole(bela).archive.images.has(added.id)).toBe(true);
  });

  test('a tag that another picture bears, a file that another row names', async () => {
    const { bela, operationId, added } = await applied();
    const [own] = bela.query<{ id: number }>(`SELECT id FROM images WHERE page_url LIKE '%/image/9-%'`);
    bela.run(`INSERT INTO image_tags SELECT ?, id FROM tags WHERE name = 'új címke'`, own!.id);
    bela.run(
      'INSERT INTO images (url, local_path) VALUES (?, ?)',
      'https://example.org/mine.jpg',
      added.local_path,
    );
    const result = await takeBack(bela, operationId);
    expect(result.kept).toContainEqual({ what: 'tag', name: 'új címke', reason: 'used' });
    expect(result.kept).toContainEqual({ what: 'file', name: added.local_path, reason: 'used' });
    expect(existsSync(join(bela.archive.dir, added.local_path))).toBe(true);
    expect(whole(bela).archive.images.has(added.id)).toBe(false);
    expect(whole(bela).archive.integrity).toBe('ok');
  });

  test('a column that somebody filled in otherwise', async () => {
    const { bela, operationId } = await applied();
    bela.run(`UPDATE images SET description = 'jobb leírás' WHERE page_url LIKE '%/image/2-%'`);
    const result = await takeBack(bela, operationId);
    expect(result.kept.map(({ what, reason }) => [what, reason])).toContainEqual(['column', 'changed']);
    expect(
      bela.query(`SELECT description, camera_model FROM images WHERE page_url LIKE '%/image/2-%'`),
    ).toEqual([{ description: 'jobb leírás', camera_model: null }]);
  });
});

describe('stopped in the middle', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('at event %i, and run again', async (at) => {
    const anna = new Archivist(folder(), 'anna', {
      images: [
        ...mixed,
        ...Array.from({ length: 250 }, (_, n) => ({ siteImageId: 100 + n, tags: [`t${n % 7}`] })),
      ],
    });
    const bela = new Archivist(folder(), 'bela', { images: receiving });
    const before = whole(bela);
    const operationId = await carry(anna, bela, 'trip');
    const stop = new AbortController();
    let events = 0;
    const observer = () => {
      events += 1;
      if (events === at) stop.abort();
    };
    await expect(
      revert({ db: bela.db, operationId, backup: false, observer, signal: stop.signal }),
    ).rejects.toMatchObject({ code: 'interrupted' });
    const halfway = whole(bela).archive;
    for (const [id, row] of [...halfway.images].filter(([id]) => !before.archive.images.has(id))) {
      expect([row['local_path'], halfway.fileDigests.get(id)]).not.toContain(null);
    }
    await takeBack(bela, operationId);
    expect(whole(bela)).toEqual(before);
  });
});

describe('the books', () => {
  test('a dry run tells the same and changes nothing', async () => {
    const anna = new Archivist(folder(), 'anna', { images: mixed });
    const bela = new Archivist(folder(), 'bela', { images: receiving });
    const operationId = await carry(anna, bela, 'trip');
    const before = whole(bela);
    const planned = await revert({ db: bela.db, operationId, dryRun: true });
    expect(whole(bela)).toEqual(before);
    const { seconds: _, dryRun: __, ...done } = await takeBack(bela, operationId);
    expect(planned).toMatchObject(done);
  });

  test('the list waits again for what was taken back', async () => {
    const anna = new Archivist(folder(), 'anna', { images: mixed.slice(0, 3) });
    const bela = new Archivist(folder(), 'bela', { images: [] });
    const { remotes } = await bela.ask([anna.db]);
    const { operationId } = await bela.take(await anna.answer(remotes[0]!.asked.requestPath!));
    await takeBack(bela, operationId!);
    expect(bela.query('SELECT status, total_files, processed_files FROM sync_export_lists')).toEqual([
      { status: 'pending', total_files: 3, processed_files: 0 },
    ]);
    expect(bela.query(`SELECT DISTINCT status, image_id FROM sync_export_files`)).toEqual([
      { status: 'pending', image_id: null },
    ]);
    const db = new Database(bela.db);
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
  });

  test('an operation that nobody knows', async () => {
    const bela = new Archivist(folder(), 'bela', { images: receiving });
    await expect(takeBack(bela, '0123456789abcdef')).rejects.toMatchObject({ code: 'operation-not-found' });
  });
});
