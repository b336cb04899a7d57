import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ArchiveSpec,
  buildArchive,
  type BuiltArchive,
  siteUrl,
} from '../../fixtures/archive-builder.ts';
import { type ArchiveSnapshot, fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import { ARCHIVE_SCHEMAS, SCHEMA_NAMES, type SchemaName } from '../../fixtures/archive-schemas.ts';
import { hardArchive, hardImages } from '../../fixtures/hard-values.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { compareReceiver } from '../../fixtures/receiver-comparison.ts';
import { applyTo, exportAll } from './exchange.ts';
import { databaseDump, dumpWithoutBooks, rowsOf } from './database-dump.ts';
import { MergeModel, type Traveller, travellers } from './merge-model.ts';
import { makeScratch } from './scratch-folder.ts';

/** Their bytes do not match their digest: they are left out while packing, which has tests of its own. */
const LEFT_OUT = new Set([
  'stale digest',
  'cut short later',
  'shared file, first row',
  'climbs out of the archive',
]);

const TRAVELLING = hardImages().filter(({ name }) => !LEFT_OUT.has(name));

/** The site's number of a hard image, as the builder counts. */
function siteIdOf(name: string): number {
  return 1_500_001 + TRAVELLING.findIndex((image) => image.name === name);
}

function walOf(schema: SchemaName): Pick<ArchiveSpec, 'wal'> {
  return ARCHIVE_SCHEMAS[schema].wal ? { wal: 'uncheckpointed' } : {};
}

function senderSpec(schema: SchemaName): ArchiveSpec {
  const separators = SCHEMA_NAMES.indexOf(schema) % 2 === 0 ? 'posix' : 'windows';
  return {
    ...hardArchive(),
    images: TRAVELLING.map(({ spec }) => spec),
    schema,
    separators,
    ...walOf(schema),
  };
}

/** Has some of the sender's pictures: whole, broken, lost, otherwise, under another address. */
function receiverSpec(schema: SchemaName): ArchiveSpec {
  const shared = (name: string) => ({ siteImageId: siteIdOf(name), author: 'közös' });
  const bare = { url: null, pageUrl: null, file: uniqueJpeg(siteIdOf('no addresses')) };
  return {
    schema,
    separators: SCHEMA_NAMES.indexOf(schema) % 2 === 0 ? 'windows' : 'posix',
    ...walOf(schema),
    images: [
      { ...shared('accents NFC'), title: null, description: null, tags: ['saját', 'naplemente'] },
      { ...shared('accents NFD'), url: siteUrl(siteIdOf('accents NFD'), { server: 2, size: 'xl' }) },
      { ...shared('emoji'), file: null },
      { ...shared('empty texts'), file: 'missing', title: null },
      { ...shared('NULL texts'), file: uniqueJpeg('other bytes', 3_000), taken: null },
      { ...shared('CRLF'), digest: null },
      { ...shared('quotes'), digest: 'upper' },
      { ...shared('HTML'), digest: 'stale' },
      { ...shared('5,000 characters'), file: uniqueJpeg('damaged', 3_000), digest: 'stale' },
      shared('control characters'),
      shared('control characters'),
      bare,
      { siteImageId: 41, author: 'A:B', fileName: 'KEP.jpg', albums: [{ id: '104777', title: 'Enyém' }] },
      { siteImageId: 42, author: 'várj...', uuid: `indafoto_${siteIdOf('uuid of old')}` },
      { siteImageId: 43, author: 'fényképész', file: 'missing', collections: [{ id: 'x' }] },
    ],
    bannedAuthors: ['-rf', 'CON'],
    orphans: {
      tags: [
        [16, 1],
        [1, 900_002],
      ],
      albums: [[900_001, 1]],
      collections: [[16, 2]],
    },
    notes: [
      { imageId: 1, note: 'enyém' },
      { imageId: 17, note: 'árva' },
    ],
    marked: [2, 2, 18],
    favorites: ['közös'],
    authorDetails: [{ author: 'A/B', bio: 'az enyém' }],
    completedPages: [1, 2, 3],
  };
}

/** Exports an archive of each sending layout and applies the bundle to one of every layout. */
export function describePairs(senders: readonly SchemaName[]): void {
  describe.each(senders)('an archive of layout %s', (schema) => {
    const scratch = makeScratch();
    let sender: BuiltArchive;
    let pictures: Traveller[] = [];
    const bundle = () => join(scratch(), 'trip.indabundle');

    beforeAll(async () => {
      sender = buildArchive(join(scratch(), 'sender'), senderSpec(schema));
      pictures = travellers(readArchive(sender.dir));
    });
    afterAll(() => rmSync(scratch(), { recursive: true, force: true }));

    test('is exported, and nothing of it changes but the books', async () => {
      const [rows, files] = [dumpWithoutBooks(sender.dir), photosOf(sender.dir)];
      const result = await exportAll(sender, bundle());
      expect(dumpWithoutBooks(sender.dir)).toEqual(rows);
      expect(photosOf(sender.dir)).toEqual(files);
      expect(result.records).toBe(pictures.length);
      expect(result.files).toBe(new Set(pictures.map(({ digest }) => digest)).size);
      expect(result.omitted.filter(({ detail }) => detail?.includes('another digest'))).toEqual([]);
    });

    test.each(SCHEMA_NAMES)('applied to one of layout %s', async (target) => {
      const built = buildArchive(join(scratch(), target), receiverSpec(target));
      const before = readArchive(built.dir);
      const photos = photosOf(built.dir);
      const model = modelOf(before, built.dir, pictures);
      const result = await applyTo(built, bundle(), { allowTypes: ['any'], backup: true });
      const after = readArchive(built.dir);
      expect(compareReceiver(before, after)).toEqual([]);
      expect(new Map([...photosOf(built.dir)].filter(([name]) => photos.has(name)))).toEqual(photos);
      expect(picturesOf(after, before)).toEqual(model.pictures);
      expect(Object.fromEntries(Object.entries(result.outcomes).filter(([, n]) => n > 0))).toEqual(
        model.outcomes,
      );
      expectPlacesToBeSafe(before, after);
      await expectNothingSecondTime(built, bundle(), result.failures.length > 0);
      rmSync(built.dir, { recursive: true });
    });
  });
}

function photosOf(dir: string): Map<string, string> {
  return new Map([...fileTree(dir)].filter(([name]) => !/^indafoto\.db/.test(name)));
}

function modelOf(before: ArchiveSnapshot, dir: string, pictures: readonly Traveller[]) {
  const columns = rowsOf<{ name: string }>(dir, `SELECT name FROM pragma_table_info('images')`);
  const model = new MergeModel(
    before,
    columns.map(({ name }) => name),
  );
  for (const picture of pictures) model.add(picture);
  const described = model.images.map(({ id, row, digest, links }) =>
    describeImage(id, row, digest, [...links]),
  );
  return { pictures: described.sort(), outcomes: model.outcomes };
}

/** Every image in words that two equal ones share: the ids of new ones are free to choose. */
function picturesOf(after: ArchiveSnapshot, before: ArchiveSnapshot): string[] {
  const all = [...after.images].map(([id, row]) => {
    const links = after.links.filter((link) => link.imageId === id).map(({ kind, key }) => `${kind} ${key}`);
    return describeImage(before.images.has(id) ? id : null, row, after.fileDigests.get(id) ?? null, links);
  });
  return all.sort();
}

function describeImage(id: number | null, row: object, digest: string | null, links: string[]): string {
  const columns = Object.entries(row)
    .filter(([column, value]) => column !== 'local_path' && column !== 'id' && value !== null)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify({ id, columns: Object.fromEntries(columns), digest, links: links.sort() });
}

function expectPlacesToBeSafe(before: ArchiveSnapshot, after: ArchiveSnapshot): void {
  const paths = [...after.images].flatMap(([id, row]) => {
    const isNew = before.images.get(id)?.['local_path'] !== row['local_path'];
    return isNew ? [String(row['local_path'])] : [];
  });
  for (const path of paths) {
    expect(path).toMatch(/^indafoto_archive\/[^/\\]+\/\d+\/[^/\\]+$/);
    expect(path).not.toMatch(/\.\.|%[0-9a-f]{2}|[<>:"|?*\p{Cc}]|[. ](\/|$)|\/(con|nul|aux|prn)(\.|\/|$)/iu);
  }
  expect(new Set(paths.map((path) => path.normalize('NFC').toLowerCase())).size).toBe(paths.length);
}

/** Records that failed are tried again, and booked again; all else stays byte for byte. */
async function expectNothingSecondTime(built: BuiltArchive, bundle: string, failed: boolean): Promise<void> {
  const dump = failed ? dumpWithoutBooks : databaseDump;
  const [files, rows] = [fileTree(built.dir), dump(built.dir)];
  const operations = rowsOf(built.dir, 'SELECT operation_id FROM sync_operations');
  const again = await applyTo(built, bundle, { allowTypes: ['any'], backup: true });
  expect([again.backupPath, again.bytesWritten]).toEqual([null, 0]);
  expect(dump(built.dir)).toEqual(rows);
  expect(rowsOf(built.dir, 'SELECT operation_id FROM sync_operations')).toEqual(operations);
  if (failed) for (const name of ['indafoto.db', 'indafoto.db-wal']) files.delete(name);
  expect(Object.fromEntries(fileTree(built.dir))).toMatchObject(Object.fromEntries(files));
  expect(fileTree(built.dir).size - files.size).toBe(failed ? 1 : 0);
}
