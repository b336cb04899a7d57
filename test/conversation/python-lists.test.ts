import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { analyze, analyzeList, applyBundle, cleanup, type Event, exportBundle } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const LIST = 'abcdef0123456789';

const pictures: ImageSpec[] = [1, 2, 3, 4, 5].map((number) => ({
  siteImageId: 600 + number,
  file: uniqueJpeg(`p${number}`),
}));
const digest = (number: number) => sha256(uniqueJpeg(`p${number}`));

/** As the scripts leave it: image_id and operation_id NULL, one row done, upper case, an address on another server. */
function halfDone(person: Archivist): void {
  person.run(
    `INSERT INTO sync_export_lists (list_id, created_time, total_files, processed_files, status) VALUES (?, '2025-03-24T18:04:11', 5, 1, 'pending')`,
    LIST,
  );
  const paths: [string, string][] = [
    [`hash_${digest(1)}`, 'completed'],
    [`hash_${digest(2)}`, 'pending'],
    [`hash_${digest(3).toUpperCase()}`, 'pending'],
    [`url_https://img3.indafoto.hu/9/9/11_${'a'.repeat(32)}/604_${'b'.repeat(32)}_xxl.jpg`, 'pending'],
    ['hash_00', 'pending'],
  ];
  for (const [path, status] of paths)
    person.run(
      'INSERT INTO sync_export_files (list_id, export_path, status) VALUES (?, ?, ?)',
      LIST,
      path,
      status,
    );
}

const columns = (person: Archivist) =>
  ['sync_operations', 'sync_files', 'sync_export_lists', 'sync_export_files'].map((table) =>
    person.query(`SELECT name FROM pragma_table_info('${table}')`),
  );

describe('a half-done list of the Python scripts', () => {
  test.each(['copied into the database of the sender', 'in the database of the asker'])(
    '%s, is served and completed',
    async (place) => {
      const anna = new Archivist(folder(), 'anna', { images: pictures, schema: 'python-sync' });
      const bela = new Archivist(folder(), 'bela', { images: [pictures[0]!], schema: 'python-sync' });
      halfDone(bela);
      const before = columns(bela);
      const inOwn = place.includes('sender');
      if (inOwn) halfDone(anna);
      const output = join(folder(), 'trip.indabundle');
      const selection = { kind: 'list', listId: LIST, ...(inOwn ? {} : { database: bela.db }) } as const;
      const unclear: unknown[] = [];
      const observer = (event: Event) =>
        event.type === 'notice' &&
        event.notice === 'list-rows-unclear' &&
        unclear.push(event.params['count']);
      expect((await exportBundle({ db: anna.db, selection, output, observer })).records).toBe(3);
      expect(unclear).toEqual([1]);
      const result = await applyBundle({ db: bela.db, input: output, backup: false });
      expect(result.outcomes).toMatchObject({ added: 3, failed: 0 });
      expect(
        bela
          .query('SELECT status FROM sync_export_files WHERE list_id = ? ORDER BY id', LIST)
          .map((row) => (row as { status: string }).status),
      ).toEqual(['completed', 'completed', 'completed', 'completed', 'pending']);
      expect(analyzeList({ db: bela.db, listId: LIST })).toMatchObject({
        total: 5,
        completed: 4,
        pending: 1,
        byHash: 4,
        byUrl: 1,
      });
      expect(
        bela.query('SELECT processed_files, status FROM sync_export_lists WHERE list_id = ?', LIST),
      ).toEqual([{ processed_files: 4, status: 'pending' }]);
      expect(columns(bela)).toEqual(before);
    },
  );

  test('stands beside lists of ours', async () => {
    const anna = new Archivist(folder(), 'anna', { images: pictures });
    const bela = new Archivist(folder(), 'bela', { images: [pictures[0]!], schema: 'python-sync' });
    halfDone(bela);
    const before = columns(bela);
    const { remotes } = await analyze({
      db: bela.db,
      remotes: [anna.db],
      output: join(folder(), 'r.indarequest'),
    });
    expect(remotes[0]!.asked.images).toBe(4);
    const rows = bela.query<{ image_id: unknown; operation_id: unknown; export_path: string }>(
      `SELECT image_id, operation_id, export_path FROM sync_export_files JOIN sync_export_lists USING (list_id) WHERE list_id = ?`,
      remotes[0]!.asked.listId,
    );
    expect(rows.map(({ image_id, operation_id }) => [image_id, operation_id])).toEqual(
      Array.from({ length: 4 }, () => [null, null]),
    );
    expect(rows.map(({ export_path }) => export_path).sort()).toEqual(
      [2, 3, 4, 5].map((number) => `hash_${digest(number)}`).sort(),
    );
    expect((await cleanup({ db: bela.db })).unfinished).toEqual([LIST, remotes[0]!.asked.listId]);
    expect(columns(bela)).toEqual(before);
  });

  test('that nobody has is an error of its own', async () => {
    const anna = new Archivist(folder(), 'anna', { images: pictures });
    await expect(
      exportBundle({
        db: anna.db,
        selection: { kind: 'list', listId: LIST },
        output: join(folder(), 'x.indabundle'),
      }),
    ).rejects.toMatchObject({ code: 'list-not-found' });
    await expect(async () => analyzeList({ db: anna.db, listId: LIST })).rejects.toMatchObject({
      code: 'list-not-found',
    });
  });
});

test('a catalogue does for --for what the database does', async () => {
  const anna = new Archivist(folder(), 'anna', { images: pictures });
  const bela = new Archivist(folder(), 'bela', {
    images: [pictures[0]!, { siteImageId: 602, file: 'missing' }],
  });
  const answers = await Promise.all(
    [bela.db, await bela.catalog()].map(async (database, at) => {
      const output = join(folder(), `${at}.indabundle`);
      const { records, forReceiver } = await exportBundle({
        db: anna.db,
        selection: { kind: 'for', database },
        output,
      });
      return { records, forReceiver };
    }),
  );
  expect(answers[0]).toEqual(answers[1]);
  expect(answers[0]).toEqual({ records: 4, forReceiver: { missing: 3, restore: 1, conflict: 0 } });
});
