import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FRAME, hostileBundle, hostileImages, type Hooks } from '../../fixtures/hostile-bundle.ts';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { revert, verifyArrived } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** With details of its one author, in a frame behind the records. */
const WITH_AUTHORS: Hooks = { authors: () => ['{"author":"Anna","details":{"bio":"fotós"}}'] };
const AUTHORS_FRAME = FRAME.records + 1;

/** A bundle as it should be, and one of which a frame cannot be read. */
function copies(hooks: Hooks, frame: number): { readonly whole: string; readonly damaged: string } {
  const write = (name: string, more: Hooks) => {
    const path = join(folder(), `${name}.indabundle`);
    writeFileSync(path, hostileBundle(hostileImages(3), { ...hooks, ...more }));
    return path;
  };
  const spoil = (bytes: Buffer) => Buffer.from(bytes).fill(0xaa, Math.floor(bytes.length / 2));
  return {
    whole: write('whole', {}),
    damaged: write('damaged', {
      frames: (frames) => frames.map((one, at) => (at === frame ? { ...one, bytes: spoil(one.bytes) } : one)),
    }),
  };
}

const receiver = () => new Archivist(folder(), 'bela', { images: [{ siteImageId: 9 }] });

test('a whole copy brings the details of authors that a damaged one had lost, once', async () => {
  const { whole, damaged } = copies(WITH_AUTHORS, AUTHORS_FRAME);
  const bela = receiver();
  const first = await bela.take(damaged);
  expect(first).toMatchObject({ outcomes: { added: 3 }, authorsAdded: 0 });
  expect(first.findings).not.toEqual([]);
  expect(await bela.take(whole)).toMatchObject({ outcomes: { present: 3 }, authorsAdded: 1 });
  expect(bela.query(`SELECT bio FROM author_details WHERE author = 'Anna'`)).toEqual([{ bio: 'fotós' }]);
  expect(await bela.take(whole)).toMatchObject({ operationId: null, authorsAdded: 0 });
});

test('what a damaged copy had brought is still to come when it is taken back, though a whole copy came since', async () => {
  const { whole, damaged } = copies(WITH_AUTHORS, AUTHORS_FRAME);
  const bela = receiver();
  const first = await bela.take(damaged);
  const second = await bela.take(whole);
  expect(second.operationId).not.toBe(first.operationId);
  await revert({ db: bela.db, operationId: first.operationId!, backup: false });
  expect(bela.query('SELECT count(*) AS images FROM images')).toEqual([{ images: 1 }]);
  const list = 'SELECT list_id, status, processed_files AS done FROM sync_export_lists';
  expect(bela.query(list)).toMatchObject([{ status: 'pending', done: 0 }]);
  const { list_id: listId } = bela.query<{ list_id: string }>(list)[0]!;
  expect(await verifyArrived({ db: bela.db, listId })).toMatchObject({ waiting: 3 });
  expect(await bela.take(whole)).toMatchObject({ outcomes: { added: 3 } });
  expect(bela.query(list)).toMatchObject([{ status: 'completed', done: 3 }]);
});

test('a whole copy of a volume that brought all its pictures though damaged is applied for its series', async () => {
  const asVolume: Hooks = {
    manifest: (manifest) => ({
      ...manifest,
      volume: { number: 1, count: 2, export_id: manifest['export_id'] },
    }),
  };
  const { whole, damaged } = copies(asVolume, FRAME.readme);
  const bela = receiver();
  expect((await bela.take(damaged)).series).toMatchObject({ applied: [], missing: [1, 2] });
  expect((await bela.take(whole)).series).toMatchObject({ applied: [1], missing: [2] });
  expect(await bela.take(whole)).toMatchObject({ operationId: null, series: { applied: [1] } });
});

test('what is done once more, its photo being lost, is counted once more: the sum is never more than the whole', async () => {
  const anna = new Archivist(folder(), 'anna', {
    images: Array.from({ length: 12 }, (_, at) => ({ file: uniqueJpeg(`photo ${at}`, 300_000) })),
  });
  const bundle = await anna.pack();
  const bytes = readFileSync(bundle);
  writeFileSync(bundle, bytes.fill(0xaa, bytes.length - 400_000, bytes.length - 399_900));
  const bela = receiver();
  const first = await bela.take(bundle);
  expect(first.outcomes).toMatchObject({ added: expect.toSatisfy((count) => count > 0 && count < 12) });
  const photo = bela.query<{ path: string }>('SELECT local_path AS path FROM images WHERE id > 1');
  rmSync(join(bela.archive.dir, photo[0]!.path));
  expect(await bela.take(bundle)).toMatchObject({ resumed: true, outcomes: { restored: 1 } });
  expect(
    bela.query('SELECT total_files - processed_files - error_count AS rest FROM sync_operations'),
  ).toEqual([{ rest: 0 }]);
});

/** A bundle of three records that names shards of a hundred thousand more, which never come. */
function promising(name: string, before: number, behind: number): string {
  const missing = (number: number) => ({
    path: shardPath(number),
    digest: '0'.repeat(64),
    size: 2_000_000,
    count: 100_000,
  });
  const there = before + 1;
  const hooks: Hooks = {
    manifest: (manifest) => ({
      ...manifest,
      totals: { ...(manifest['totals'] as object), records: (before + behind) * 100_000 + 3 },
      records: [
        ...range(1, before).map(missing),
        ...(manifest['records'] as object[]).map((shard) => ({ ...shard, path: shardPath(there) })),
        ...range(there + 1, there + behind).map(missing),
      ],
    }),
    entries: (frames) =>
      frames.map((frame) =>
        frame.map((entry) => (entry.name === shardPath(1) ? { ...entry, name: shardPath(there) } : entry)),
      ),
  };
  const path = join(folder(), `${name}.indabundle`);
  writeFileSync(path, hostileBundle(hostileImages(3), hooks));
  return path;
}

const shardPath = (number: number) => `records/${String(number).padStart(5, '0')}.jsonl`;
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

test('a bundle that names far more records than ever come fills no books with them, and is not done', async () => {
  const path = promising('behind', 0, 4);
  const bela = receiver();
  expect(await bela.take(path)).toMatchObject({ outcomes: { added: 3 } });
  expect(bela.query('SELECT count(*) < 110000 AS few FROM sync_export_files')).toEqual([{ few: 1 }]);
  expect(bela.query('SELECT total_files, status FROM sync_export_lists')).toEqual([
    { total_files: 400_003, status: 'pending' },
  ]);
  expect(await bela.take(path)).toMatchObject({ outcomes: { present: 3 } });
});

test('records behind very many that are lost are done once, however often they come', async () => {
  const path = promising('before', 2, 0);
  const bela = receiver();
  expect(await bela.take(path)).toMatchObject({ outcomes: { added: 3 } });
  for (const _ of [1, 2]) {
    expect(await bela.take(path)).toMatchObject({ outcomes: { present: 3 }, doneBefore: 3 });
    expect(bela.query('SELECT processed_files FROM sync_operations')).toEqual([{ processed_files: 3 }]);
  }
});
