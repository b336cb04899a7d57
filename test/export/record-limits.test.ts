import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { type Event, type ExportOptions, verifyBundle } from '../../src/index.ts';
import { changeDatabase, rowsOf } from '../support/database-dump.ts';
import { exchange, outcomesOf, type PlainSpec } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const between = (sender: PlainSpec) => exchange(folder(), sender, { images: [] });

const LONG = 'ő'.repeat(200_000);
/** About 1.2 MB as a record: more than a reader accepts of one line. */
const wordy: ImageSpec = { author: 'Bőbeszédű', title: LONG, description: LONG, license: LONG };
const plain: ImageSpec = { author: 'Szűkszavú' };

describe('a picture with more metadata than a record holds', () => {
  test('is left out and named, and the others travel', async () => {
    const trip = between({ images: [wordy, plain] });
    const result = await trip.export();
    expect(result).toMatchObject({
      records: 1,
      files: 1,
      omittedTotal: 1,
      omittedByReason: { 'too-large': 1 },
    });
    expect(result.omitted[0]).toMatchObject({ reason: 'too-large', detail: 'its metadata' });
    const verified = await verifyBundle({ input: trip.bundle });
    expect(verified.findings.map(({ code }) => code)).toEqual(['file-omitted']);
    expect(verified.manifest?.summary.authors.top).toEqual([{ name: 'Szűkszavú', images: 1 }]);
    expect(outcomesOf(await trip.apply())).toMatchObject({ added: 1 });
  });

  test('costs another picture with the same photo nothing', async () => {
    const file = uniqueJpeg('shared', 2_000);
    const trip = between({
      images: [
        { ...wordy, file },
        { ...plain, file },
      ],
    });
    expect(await trip.export()).toMatchObject({ files: 1, omittedTotal: 1 });
    const verified = await verifyBundle({ input: trip.bundle });
    expect(verified.findings.map(({ code }) => code)).toEqual(['file-omitted']);
    expect(outcomesOf(await trip.apply())).toMatchObject({ added: 1 });
  });

  test('is noted as an error in the books of the sender', async () => {
    const trip = between({ images: [wordy, plain] });
    await trip.export();
    const rows = rowsOf(trip.sender.dir, 'SELECT status, error_message AS message FROM sync_files');
    expect(rows).toEqual([{ status: 'error', message: 'too-large: its metadata' }]);
  });

  test('just below the limit, it travels', async () => {
    const text = 'x'.repeat(260_000);
    const trip = between({
      images: [{ ...plain, title: text, description: text, license: text, cameraMake: text }],
    });
    expect(await trip.export()).toMatchObject({ records: 1, omittedTotal: 0 });
    expect((await verifyBundle({ input: trip.bundle })).verdict).toBe('whole');
  });
});

describe('numbers about an author that JSON cannot carry exactly', () => {
  test('stay behind, the others travel', async () => {
    const trip = between({ images: [plain], authorDetails: [{ author: 'Szűkszavú', bio: 'fotós' }] });
    const set = 'UPDATE author_details SET image_count = 9007199254740993, album_count = 12';
    changeDatabase(
      trip.sender.dir,
      set,
      'ALTER TABLE author_details ADD COLUMN endless REAL',
      'UPDATE author_details SET endless = 9e999',
    );
    await trip.export();
    expect((await verifyBundle({ input: trip.bundle })).verdict).toBe('whole');
    await trip.apply();
    const rows = rowsOf(trip.receiver.dir, 'SELECT bio, image_count, album_count FROM author_details');
    expect(rows).toEqual([{ bio: 'fotós', image_count: null, album_count: 12 }]);
  });
});

describe('what no record can carry', () => {
  const NAMES = Array.from({ length: 68 }, (_, at) => `column_${at}`);
  const authorColumns = (...names: string[]) => [
    ...names.map((name) => `ALTER TABLE author_details ADD COLUMN "${name}" TEXT`),
    `INSERT INTO author_details (author, bio, website, ${names.map((name) => `"${name}"`).join()})
     SELECT author, 'fotós', 'https://anna.example', ${names.map(() => `'x'`).join()} FROM images LIMIT 1`,
  ];
  const NUMBERS = 'WITH n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2003)';
  const CHANGES: [what: string, leftOut: number, ...statements: string[]][] = [
    ['a title that is no text', 1, `UPDATE images SET title = x'00ff'`],
    ['a title too long', 1, `UPDATE images SET title = printf('%.*c', 262145, 'x')`],
    ['an address of no web page', 1, `UPDATE images SET author_url = 'file:///etc/passwd'`],
    [
      'more tags than a record holds',
      3,
      'DELETE FROM image_tags',
      `${NUMBERS} INSERT INTO tags (name) SELECT 'tag ' || n FROM n`,
      `INSERT INTO image_tags SELECT 1, id FROM tags WHERE name GLOB 'tag *'`,
    ],
    ['a column of an author that readers refuse', 1, ...authorColumns('constructor')],
    ['a column of an author with a name of its own', 1, ...authorColumns('Kedvenc szín')],
    ['more columns of an author than a record holds', 7, ...authorColumns(...NAMES)],
    ['more notes', 3, `${NUMBERS} INSERT INTO image_notes (image_id, note) SELECT 1, n FROM n`],
  ];

  test.each(CHANGES)('%s: %i are left out and counted', async (_, leftOut, ...statements) => {
    const trip = between({ images: [plain] });
    changeDatabase(trip.sender.dir, ...statements);
    const notices: unknown[] = [];
    const observer = (event: Event) => event.type === 'notice' && notices.push([event.notice, event.params]);
    await trip.export({ includePersonal: true, observer });
    expect(notices).toContainEqual(['values-left-out', { count: leftOut }]);
    expect((await verifyBundle({ input: trip.bundle })).verdict).toBe('whole');
    expect(outcomesOf(await trip.apply())).toMatchObject({ added: 1 });
  });
});

describe('the time of creation', () => {
  test.each(['1969-12-31T23:59:59Z', '2242-03-16T12:56:32Z', '2026-02-30T00:00:00Z'])(
    '%s is refused',
    async (created) => {
      const trip = between({ images: [plain] });
      const refusal = expect.objectContaining({ code: 'option-value' });
      await expect(trip.export({ created })).rejects.toEqual(refusal);
    },
  );

  test.each(['1970-01-01T00:00:00Z', '2242-03-16T12:56:31Z'])('%s gives a whole bundle', async (created) => {
    const trip = between({ images: [plain] });
    const options: Partial<ExportOptions> = { created };
    await trip.export(options);
    const verified = await verifyBundle({ input: trip.bundle });
    expect(verified).toMatchObject({ verdict: 'whole', manifest: { created } });
  });
});

describe('texts with bytes that are no UTF-8', () => {
  test('travel with another character in their place, and are counted', async () => {
    const trip = between({ images: [{ ...plain, tags: ['tó'] }] });
    const bad = `CAST(x'61ff62' AS TEXT)`;
    changeDatabase(trip.sender.dir, `UPDATE images SET title = ${bad}`, `UPDATE tags SET name = ${bad}`);
    const notices: unknown[] = [];
    const observer = (event: Event) => event.type === 'notice' && notices.push([event.notice, event.params]);
    await trip.export({ observer });
    expect(notices).toContainEqual(['text-repaired', { count: 2 }]);
    expect(outcomesOf(await trip.apply())).toMatchObject({ added: 1 });
    expect(rowsOf(trip.receiver.dir, 'SELECT title FROM images')).toEqual([{ title: 'a\u{fffd}b' }]);
  });

  test('of a tag count once, however many pictures have it', async () => {
    const images = Array.from({ length: 600 }, () => ({ ...plain, tags: ['tó'] }));
    const trip = between({ images });
    changeDatabase(trip.sender.dir, `UPDATE tags SET name = CAST(x'61ff62' AS TEXT)`);
    const notices: unknown[] = [];
    const observer = (event: Event) => event.type === 'notice' && notices.push([event.notice, event.params]);
    expect(await trip.export({ observer })).toMatchObject({ records: 600 });
    expect(notices).toContainEqual(['text-repaired', { count: 1 }]);
  });
});
