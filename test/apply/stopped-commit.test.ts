import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { applyBundle, type Event } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** Reads from when the first photo was taken in; when the apply says that it waits, it is stopped, and the reader goes. */
async function stopWhileItWaits(db: string, input: string): Promise<unknown> {
  const reader = new Database(db, { readonly: true });
  const stop = new AbortController();
  let rows: IterableIterator<unknown> | null = null;
  let phase = '';
  const observer = (event: Event): void => {
    if (event.type === 'phase') phase = event.phase;
    if (event.type === 'progress' && phase === 'apply' && rows === null) {
      rows = reader.prepare('SELECT * FROM images').iterate();
      rows.next();
    }
    if (event.type !== 'notice' || event.notice !== 'waiting-for-lock') return;
    stop.abort();
    rows?.return?.();
  };
  try {
    return await applyBundle({ db, input, backup: false, signal: stop.signal, observer }).catch(
      (error: unknown) => error,
    );
  } finally {
    reader.close();
    expect(stop.signal.aborted).toBe(true);
  }
}

test('an apply that is stopped while its commit waits for a reader goes on as if it had not been', async () => {
  const images = [1, 2, 3].map((siteImageId) => ({ siteImageId, author: 'Anna', tags: ['tó'] }));
  const anna = new Archivist(folder(), 'anna', { images, authorDetails: [{ author: 'Anna', bio: 'fotós' }] });
  const bela = new Archivist(folder(), 'bela', {
    schema: 'today-without-wal',
    images: [{ siteImageId: 9 }],
    orphans: { tags: [[10, 70]] },
  });
  const bundle = await anna.pack();
  await stopWhileItWaits(bela.db, bundle);
  await bela.take(bundle);
  expect(
    bela.query('SELECT status, total_files AS total, processed_files AS done FROM sync_operations'),
  ).toEqual([{ status: 'completed', total: 3, done: 3 }]);
  expect(bela.query('SELECT status FROM sync_files')).toHaveLength(3);
  expect(bela.query('SELECT author, bio FROM author_details')).toEqual([{ author: 'Anna', bio: 'fotós' }]);
  // Behind the ids that orphaned links name.
  expect(bela.query('SELECT id FROM images WHERE id > 1 ORDER BY id')).toEqual(
    [11, 12, 13].map((id) => ({ id })),
  );
  expect(bela.query('SELECT DISTINCT tag_id AS id FROM image_tags WHERE image_id > 10')).toEqual([
    { id: 71 },
  ]);
});
