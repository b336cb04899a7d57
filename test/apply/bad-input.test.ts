import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { hostileBundle, hostileImages, type Hooks } from '../../fixtures/hostile-bundle.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { applyBundle, BundleError, exportBundle, inspectBundle, verifyBundle } from '../../src/index.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const good = hostileBundle(hostileImages(2));
let bundle = '';

beforeEach(() => {
  bundle = join(folder(), 'trip.indabundle');
  writeFileSync(bundle, good);
});

async function failureOf(work: Promise<unknown>): Promise<{ code: string; exit: number }> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(BundleError);
  const { code, exitStatus, message, hint } = error as BundleError;
  expect(message).not.toMatch(/\{\{|undefined/);
  expect(hint).not.toBe('');
  return { code, exit: exitStatus };
}

function database(dir: string, ...statements: string[]): void {
  const db = new Database(join(dir, 'indafoto.db'));
  for (const statement of statements) db.exec(statement);
  db.close();
}

function corrupt(dir: string): void {
  rmSync(dir, { recursive: true });
  const images = Array.from({ length: 200 }, () => ({ file: null, description: 'x'.repeat(500) }));
  const { databasePath } = buildArchive(dir, { schema: 'today-without-wal', images });
  const bytes = readFileSync(databasePath);
  bytes.fill(0xaa, 8 * 4096, 12 * 4096);
  writeFileSync(databasePath, bytes);
}

const write = (content: Buffer | string) => (dir: string) => writeFileSync(join(dir, 'indafoto.db'), content);

describe.each<[string, (dir: string) => void, string]>([
  ['nothing', () => {}, 'db-not-found'],
  ['a folder of its name', (dir) => mkdirSync(join(dir, 'indafoto.db')), 'db-not-found'],
  ['a text', write('Ez nem adatbázis, csak szöveg.'), 'db-not-sqlite'],
  ['an empty file', write(''), 'db-not-sqlite'],
  ['what looks encrypted', write(randomBytes(8192)), 'db-not-sqlite'],
  [
    'the head of a database and rubbish',
    write(Buffer.concat([Buffer.from('SQLite format 3\0'), randomBytes(8000)])),
    'db-not-sqlite',
  ],
  [
    'rubbish that asks for a write-ahead log',
    write(Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.from([16, 0, 2, 2]), randomBytes(8000)])),
    'db-not-sqlite',
  ],
  ['a database without images', (dir) => database(dir, 'CREATE TABLE tags (id INTEGER)'), 'db-no-images'],
  ['an empty database', (dir) => database(dir, 'PRAGMA user_version = 1'), 'db-no-images'],
  [
    'images without id',
    (dir) => database(dir, 'CREATE TABLE images (url TEXT, local_path TEXT)'),
    'db-columns-missing',
  ],
  [
    'images without a path',
    (dir) => database(dir, 'CREATE TABLE images (id INTEGER PRIMARY KEY, url TEXT)'),
    'db-columns-missing',
  ],
  [
    'images that nothing tells apart',
    (dir) => database(dir, 'CREATE TABLE images (id INTEGER PRIMARY KEY, local_path TEXT)'),
    'db-columns-missing',
  ],
  [
    'tables of another program under the names of the books',
    (dir) =>
      database(
        dir,
        `CREATE TABLE images (id INTEGER PRIMARY KEY, url TEXT, local_path TEXT);
         CREATE TABLE sync_files (id INTEGER PRIMARY KEY, name TEXT)`,
      ),
    'db-books-unknown',
  ],
  ...['9007199254740993', '-9007199254740993'].map((id): [string, (dir: string) => void, string] => [
    `an image with the id ${id}, which would be rounded to another's`,
    (dir) =>
      database(
        dir,
        'CREATE TABLE images (id INTEGER PRIMARY KEY, url TEXT, local_path TEXT)',
        `INSERT INTO images (id) VALUES (${id})`,
      ),
    'db-id-unusable',
  ]),
])('in the place of the database: %s', (_, make, code) => {
  test('every command says so and writes nothing', async () => {
    const dir = folder('archive');
    make(dir);
    const db = join(dir, 'indafoto.db');
    const before = [...fileTree(folder())];
    const output = join(folder('out'), 'new.indabundle');
    const expected = { code, exit: 5 };
    expect(await failureOf(exportBundle({ db, selection: { kind: 'all' }, output }))).toEqual(expected);
    expect(await failureOf(exportBundle({ db, selection: { kind: 'all' }, dryRun: true }))).toEqual(expected);
    expect(await failureOf(applyBundle({ db, input: bundle }))).toEqual(expected);
    expect(await failureOf(applyBundle({ db, input: bundle, dryRun: true }))).toEqual(expected);
    expect(await failureOf(verifyBundle({ db, input: bundle }))).toEqual(expected);
    expect([...fileTree(folder())]).toEqual(before);
  });
});

test('a damaged database is not written to', async () => {
  const dir = folder('archive');
  corrupt(dir);
  const before = [...fileTree(folder())];
  expect(await failureOf(applyBundle({ db: dir, input: bundle }))).toEqual({ code: 'db-corrupt', exit: 5 });
  expect([...fileTree(folder())]).toEqual(before);
});

test('a root that is not there is said', async () => {
  const { databasePath: db } = buildArchive(folder('archive'), { schema: 'today-without-wal', images: [{}] });
  const before = [...fileTree(folder())];
  const root = join(folder(), 'nincs');
  const expected = { code: 'root-not-found', exit: 5 };
  expect(await failureOf(applyBundle({ db, root, input: bundle }))).toEqual(expected);
  expect(await failureOf(exportBundle({ db, root, selection: { kind: 'all' }, dryRun: true }))).toEqual(
    expected,
  );
  expect([...fileTree(folder())]).toEqual(before);
});

const json = (change: object): Hooks => ({ manifest: (manifest) => ({ ...manifest, ...change }) });
const format = (version: number, capabilities: string[] = []) =>
  json({ format: { name: 'indabundle', version, capabilities } });

describe('in the place of the bundle', () => {
  const archive = () => buildArchive(folder('archive'), { schema: 'today-without-wal', images: [{}] });

  async function refusals(make: (path: string) => void) {
    const { databasePath: db } = archive();
    rmSync(bundle);
    make(bundle);
    const before = [...fileTree(folder())];
    const inspected = await failureOf(inspectBundle({ input: bundle }));
    const applied = await failureOf(applyBundle({ db, input: bundle }));
    expect(await failureOf(applyBundle({ db, input: bundle, dryRun: true }))).toEqual(applied);
    expect(await failureOf(applyBundle({ db, input: bundle, strict: true }))).toEqual(applied);
    expect([...fileTree(folder())]).toEqual(before);
    return { inspected, applied };
  }

  test.each<[string, (path: string) => void]>([
    ['a text file', (path) => writeFileSync(path, 'Ez nem csomag.\n'.repeat(100))],
    ['a picture', (path) => writeFileSync(path, uniqueJpeg('kép', 40_000))],
    [
      'a database',
      (path) => writeFileSync(path, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8000)])),
    ],
    [
      'something zstd that is no bundle',
      (path) => writeFileSync(path, Buffer.from('28b52ffd2004210000666f6f0a', 'hex')),
    ],
  ])('%s: it is no bundle', async (_, make) => {
    const { inspected, applied } = await refusals(make);
    expect([inspected, applied]).toEqual(Array(2).fill({ code: 'not-a-bundle', exit: 4 }));
    const verified = verifyBundle({ input: bundle });
    const verdict = await verified.then(
      (result) => result.verdict,
      (error: BundleError) => error.code,
    );
    expect(['damaged', 'not-a-bundle']).toContain(verdict);
  });

  test.each<[string, Buffer]>([
    ['an empty file', Buffer.alloc(0)],
    [
      'a tar of pictures',
      hostileBundle([], { entries: () => [[{ name: 'kep.jpg', content: uniqueJpeg(1) }]] }),
    ],
  ])('%s cannot be used', async (_, content) => {
    const { inspected, applied } = await refusals((path) => writeFileSync(path, content));
    expect([inspected.exit, applied.exit]).toEqual([4, 4]);
    expect((await verifyBundle({ input: bundle })).verdict).toBe('damaged');
  });

  test('nothing at all', async () => {
    const { inspected, applied } = await refusals(() => {});
    expect([inspected, applied]).toEqual(Array(2).fill({ code: 'input-not-found', exit: 4 }));
    expect(await failureOf(verifyBundle({ input: bundle }))).toEqual({ code: 'input-not-found', exit: 4 });
  });

  test.each([
    ['an empty folder', () => {}],
    ['a folder of other things', (path: string) => writeFileSync(join(path, 'kep.jpg'), uniqueJpeg(1))],
    ['a folder whose manifest is a folder', (path: string) => mkdirSync(join(path, 'manifest.json'))],
  ])('%s', async (_, fill) => {
    const { inspected, applied } = await refusals((path) => {
      mkdirSync(path);
      fill(path);
    });
    expect([inspected, applied]).toEqual(Array(2).fill({ code: 'not-a-bundle', exit: 4 }));
    expect(await failureOf(verifyBundle({ input: bundle }))).toEqual({ code: 'not-a-bundle', exit: 4 });
  });

  test.each([
    ['a later version', format(2), 'unsupported-version'],
    [
      'a later version of another shape',
      json({ format: { version: 7, name: 'indabundle' }, totals: [] }),
      'unsupported-version',
    ],
    ['a capability that nobody has', format(1, ['teleport']), 'missing-capability'],
    ['a manifest without counts', json({ totals: {} }), 'manifest-invalid'],
    ['a manifest that is no JSON', { manifest: () => 'Ez nem JSON.' }, 'manifest-invalid'],
  ] as [string, Hooks, string][])('%s', async (_, hooks, finding) => {
    const { inspected, applied } = await refusals((path) =>
      writeFileSync(path, hostileBundle(hostileImages(2), hooks)),
    );
    expect([inspected, applied]).toEqual(Array(2).fill({ code: 'bundle-not-acceptable', exit: 4 }));
    const { findings, verdict } = await verifyBundle({ input: bundle });
    expect([verdict, findings[0]?.code]).toEqual(['damaged', finding]);
  });

  test('one that was cut in its manifest', async () => {
    const { applied } = await refusals((path) => {
      writeFileSync(path, good);
      truncateSync(path, 100);
    });
    expect(applied.exit).toBe(4);
    const { findings } = await verifyBundle({ input: bundle });
    expect(findings.map(({ code }) => code)).toContain('truncated');
  });
});
