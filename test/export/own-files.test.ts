import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type BuiltArchive, buildArchive } from '../../fixtures/archive-builder.ts';
import { analyze, backupArchive, exportBundle, verifyBundle, writeCatalog } from '../../src/index.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

let archive: BuiltArchive;
let linked: string;
let other: BuiltArchive;

beforeEach(() => {
  archive = buildArchive(folder('sender'), { schema: 'today', images: [{}, {}], wal: 'uncheckpointed' });
  other = buildArchive(folder('other'), { schema: 'today', images: [] });
  linked = join(folder(), 'linked');
  symlinkSync(archive.dir, linked);
});

/** Every command that writes a file where `-o` says. */
const COMMANDS = {
  export: (output: string, db: string) =>
    exportBundle({ db, output, force: true, selection: { kind: 'all' } }),
  catalog: (output: string, db: string) => writeCatalog({ db, output, force: true }),
  backup: (output: string, db: string) => backupArchive({ db, output, force: true }),
  analyze: (output: string, db: string) =>
    analyze({ db: other.databasePath, remotes: [db], output, force: true }),
} as const;

describe.each(Object.entries(COMMANDS))('%s --force', (_, run) => {
  const photo = () => join(linked, archive.images[0]!.localPath!);
  const pipe = () => {
    const path = join(folder(), 'pipe');
    execFileSync('mkfifo', [path]);
    return path;
  };
  const hardLink = () => {
    const path = join(folder(), 'second-name.db');
    linkSync(archive.databasePath, path);
    return path;
  };
  const link = () => {
    const path = join(folder(), 'a-link.db');
    symlinkSync(archive.databasePath, path);
    return path;
  };

  test.each([
    ['the database', () => archive.databasePath, 'output-is-input'],
    ['the database, through a folder that is a link', () => join(linked, 'indafoto.db'), 'output-is-input'],
    ['the database, through a link', link, 'output-is-input'],
    ['the database, under its other name', hardLink, 'output-is-input'],
    ['what was written to it last', () => join(linked, 'indafoto.db-wal'), 'output-is-input'],
    ['a photo', photo, 'option-value'],
    ['a pipe', pipe, 'option-value'],
  ])('takes not the place of %s', async (__, place, code) => {
    const path = place();
    const before = lstatSync(path, { bigint: true });
    const content = before.isFIFO() ? null : readFileSync(path);
    await expect(run(path, archive.databasePath)).rejects.toMatchObject({ code, exitStatus: 2 });
    const { ino, mode } = lstatSync(path, { bigint: true });
    expect({ ino, mode }).toEqual({ ino: before.ino, mode: before.mode });
    if (content !== null) expect(readFileSync(path).equals(content)).toBe(true);
  });

  test('replaces what is nothing of anybody', async () => {
    const path = join(folder(), 'old');
    writeFileSync(path, 'an earlier one');
    await run(path, archive.databasePath);
    expect(readFileSync(path, 'utf8')).not.toBe('an earlier one');
  });
});

test('an export takes not the place of the request that it answers, nor of the archive that it is for', async () => {
  const { databasePath: db } = archive;
  const request = join(folder(), 'wanted.indarequest');
  await analyze({ db: other.databasePath, remotes: [db], output: request });
  const asked = readFileSync(request);
  symlinkSync(request, join(folder(), 'link'));
  for (const output of [request, join(folder(), 'link')]) {
    const selection = { kind: 'request', file: request } as const;
    await expect(exportBundle({ db, output, selection, force: true })).rejects.toMatchObject({
      code: 'output-is-input',
    });
  }
  expect(readFileSync(request).equals(asked)).toBe(true);
  const selection = { kind: 'for', database: other.dir } as const;
  await expect(
    exportBundle({ db, output: other.databasePath, selection, force: true }),
  ).rejects.toMatchObject({ code: 'output-is-input' });
});

test('a request for what is lost takes not the place of the database', async () => {
  const { databasePath: db } = archive;
  const input = join(folder(), 'trip.indabundle');
  await exportBundle({ db, output: input, selection: { kind: 'all' } });
  const request = join(linked, 'indafoto.db');
  for (const facts of [{ db }, {}])
    await expect(verifyBundle({ input, request, force: true, ...facts })).rejects.toMatchObject({
      exitStatus: 2,
    });
  expect(existsSync(db)).toBe(true);
});
