import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { SCHEMA_NAMES } from '../../fixtures/archive-schemas.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { changeDatabase, databaseDump, rowsOf } from '../support/database-dump.ts';
import { exportAll } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const EXPORT_ID = '00000000cafe0001';

function sender(schema: (typeof SCHEMA_NAMES)[number] = 'today') {
  const archive = buildArchive(folder('sender'), {
    schema,
    images: [
      { digest: 'upper' },
      { digest: 'stale' },
      { file: uniqueJpeg('two') },
      { file: uniqueJpeg('two') },
      {},
    ],
  });
  rmSync(archive.images[4]!.filePath!);
  return archive;
}

const output = () => join(folder(), 'trip.indabundle');

describe('the sender’s sync tables', () => {
  test.each(SCHEMA_NAMES.filter((name) => name !== 'first'))(
    'say what went and what did not: %s',
    async (schema) => {
      const archive = sender(schema);
      await exportAll(archive, output(), { exportId: EXPORT_ID });
      const [operation] = rowsOf(archive.dir, 'SELECT * FROM sync_operations');
      expect(operation).toMatchObject({
        operation_id: `export-${EXPORT_ID}`,
        status: 'error',
        source_db_path: output(),
        total_files: 5,
        processed_files: 3,
        error_count: 2,
      });
      expect(rowsOf(archive.dir, 'SELECT * FROM sync_export_lists')).toMatchObject([
        { list_id: EXPORT_ID, operation_id: `export-${EXPORT_ID}`, total_files: 5, processed_files: 3 },
      ]);
      const files = rowsOf(
        archive.dir,
        'SELECT image_id, export_path, status FROM sync_export_files ORDER BY image_id',
      );
      expect(files.map((row) => row['status'])).toEqual([
        'completed',
        'error',
        'completed',
        'completed',
        'error',
      ]);
      expect(files[0]?.['export_path']).toBe(`hash_${archive.images[0]!.fileDigest}`);
      const errors = rowsOf(
        archive.dir,
        'SELECT image_id, status, error_message FROM sync_files ORDER BY image_id',
      );
      expect(errors).toMatchObject([
        { image_id: 2, status: 'error', error_message: expect.stringMatching(/^mismatch/) },
        { image_id: 5, status: 'error', error_message: expect.stringMatching(/^missing/) },
      ]);
    },
  );

  test('name by its address what has no digest', async () => {
    const archive = buildArchive(folder('sender'), {
      schema: 'today',
      images: [{ file: 'missing', digest: null }, {}],
    });
    await exportAll(archive, output());
    const [row] = rowsOf(archive.dir, `SELECT export_path FROM sync_export_files WHERE status = 'error'`);
    expect(row?.['export_path']).toBe(`url_${archive.images[0]!.url}`);
  });

  test('hold the same export once, however often it is made', async () => {
    const archive = sender();
    await exportAll(archive, output(), { exportId: EXPORT_ID });
    writeFileSync(archive.images[4]!.filePath!, uniqueJpeg(1_500_005));
    await exportAll(archive, output(), { exportId: EXPORT_ID, force: true });
    expect(rowsOf(archive.dir, 'SELECT processed_files, error_count FROM sync_operations')).toEqual([
      { processed_files: 4, error_count: 1 },
    ]);
    expect(rowsOf(archive.dir, 'SELECT id FROM sync_export_files')).toHaveLength(5);
    await exportAll(archive, output(), { force: true });
    expect(rowsOf(archive.dir, 'SELECT operation_id FROM sync_operations')).toHaveLength(2);
  });

  test('get a list id of 16 digits whatever the export is called', async () => {
    const archive = sender();
    await exportAll(archive, output(), { exportId: 'nyaralas-2011' });
    const [list] = rowsOf(archive.dir, 'SELECT list_id FROM sync_export_lists');
    expect(list?.['list_id']).toMatch(/^[0-9a-f]{16}$/);
  });

  test('leave alone what the Python scripts wrote', async () => {
    const archive = sender('python-sync');
    const rows = [
      `INSERT INTO sync_operations (operation_id, status) VALUES ('régi', 'pending')`,
      `INSERT INTO sync_export_lists (list_id, total_files, processed_files, status) VALUES ('0123456789abcdef', 1, 0, 'pending')`,
      `INSERT INTO sync_export_files (list_id, export_path, status) VALUES ('0123456789abcdef', 'hash_x', 'pending')`,
    ];
    changeDatabase(archive.dir, ...rows);
    const before = databaseDump(archive.dir);
    await exportAll(archive, output());
    const after = databaseDump(archive.dir);
    const own = [...before].filter(([name]) => !name.startsWith('sqlite_'));
    expect(own.map(([name, old]) => [name, after.get(name)?.slice(0, old.length)])).toEqual(own);
  });
});
