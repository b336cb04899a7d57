import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { notAJpeg, uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { exchange } from '../support/exchange.ts';
import { type DemoArchives, answer, demoArchives, freshReceiver, words } from './demo-archives.ts';

let here: DemoArchives;
let whole = '';

beforeAll(async () => {
  here = await demoArchives();
  whole = join(here.folder, 'whole.indabundle');
  await answer(['export', '--db', here.sender, '--author', 'balatoni_béla', '-o', whole]);
});

afterAll(() => rmSync(here.folder, { recursive: true, force: true }));

describe('after an apply', () => {
  test('what the sender left out can be seen', async () => {
    const db = freshReceiver(here.folder);
    const { out, status } = await words([
      'apply',
      here.bundle,
      '--db',
      db,
      '--yes',
      '--quiet',
      '--lang',
      'en',
    ]);
    expect([status, out]).toEqual([3, expect.not.stringContaining('can go')]);
    const again = await words(['apply', here.bundle, '--db', freshReceiver(here.folder), '--yes']);
    expect(again.out).toMatch(/left out can be asked of others[^]*indabundle inspect \S+ \\?\s*--files/);
    const shown = await words(['inspect', here.bundle, '--files', '--lang', 'en']);
    expect(shown.out).toContain('not where the database says');
  });

  test('which was only a dry run, no report is promised that is not there', async () => {
    const report = join(here.folder, 'dry.csv');
    const db = freshReceiver(here.folder);
    const { out } = await words([
      'apply',
      whole,
      '--db',
      db,
      '--dry-run',
      '--report',
      report,
      '--lang',
      'en',
    ]);
    expect([existsSync(report), out.replaceAll(/\s+/g, ' ')]).toEqual([
      false,
      expect.stringContaining('The report is written then'),
    ]);
  });

  test('only what is there can go', async () => {
    const said = async (...more: string[]) => {
      const copy = join(here.folder, 'copy.indabundle');
      copyFileSync(whole, copy);
      return (
        await words(['apply', copy, '--db', freshReceiver(here.folder), '--yes', ...more])
      ).out.replaceAll('\n', ' ');
    };
    expect(await said()).toContain('the bundle and the backup can go');
    expect(await said('--no-backup')).toContain('the bundle can go');
    expect(await said('--remove-when-done')).toContain('the backup can go');
    expect(await said('--remove-when-done', '--no-backup')).not.toContain('can go');
  });
});

describe('where two archives disagree', () => {
  /** What is said after a bundle came to an archive with one image. */
  async function said(name: string, own: ImageSpec, ...sent: ImageSpec[]): Promise<string> {
    const trip = exchange(join(here.folder, name), { images: sent }, { images: [own] });
    await trip.export();
    const command = ['apply', trip.bundle, '--db', trip.receiver.databasePath, '--yes', '--lang', 'en'];
    return (await words(command)).out.replaceAll(/\s+/g, ' ');
  }

  test('a bundle with the only copy of a photo is not said to be of no more use', async () => {
    const out = await said('other', { siteImageId: 1 }, { siteImageId: 1, file: uniqueJpeg('other') });
    expect(out).toMatch(/conflict 1/);
    expect(out).not.toContain('the bundle can go');
  });

  test('nobody is sent for another copy of what would be refused again', async () => {
    const out = await said('html', { siteImageId: 2 }, { siteImageId: 1, file: notAJpeg('html') });
    expect(out).toContain('not a picture');
    expect(out).toContain('Another copy of the bundle would fare no better');
    expect(out).not.toContain('new copy');
  });

  test('nor where the sender could not give another one', async () => {
    const out = await said(
      'html and gap',
      { siteImageId: 2 },
      { siteImageId: 1, file: notAJpeg('html') },
      { siteImageId: 3, digest: '0'.repeat(64) },
    );
    expect(out).toContain('Another copy of the bundle would fare no better');
    expect(out).toContain('another copy of the bundle would lack them, too');
    expect(out).not.toContain('new copy');
  });
});

describe('after many bundles', () => {
  test('one line says that all are whole', async () => {
    const { out, status } = await words(['verify', whole, whole]);
    expect([status, out]).toEqual([0, expect.stringContaining('All 2 bundles are done and whole.')]);
  });

  test('those that are not are named once more', async () => {
    const empty = join(here.folder, 'empty.indabundle');
    writeFileSync(empty, '');
    const missing = join(here.folder, 'missing.indabundle');
    const { out, status } = await words(['verify', empty, here.bundle, missing, whole]);
    const [, end] = out.split('1 of 4 bundles are done and whole. The others:');
    expect(status).toBe(4);
    expect(end).toMatch(/empty\.indabundle +damaged or refused[^]*\.indabundle +in part/);
    expect(end).toMatch(/missing\.indabundle +not there/);
    expect(end).not.toContain('whole.indabundle');
  });
});

describe('the books', () => {
  test('name the database in commands to type, where it has to be named', async () => {
    const db = freshReceiver(here.folder);
    const request = join(here.folder, 'a.indarequest');
    await answer(['analyze', '--db', db, '--remote', here.sender, '-o', request]);
    const { out } = await words(['status', '--db', db, '--failed']);
    expect(out).toContain('Nothing failed');
    const bundle = join(here.folder, 'answer.indabundle');
    await answer(['export', '--db', here.sender, '--request', request, '-o', bundle]);
    await answer(['apply', bundle, '--db', db, '--yes', '--no-backup']);
    const { answer: books } = await answer(['status', '--db', db]);
    const list = books.result.lists.find(({ kind }: { kind: string }) => kind === 'asked').listId;
    const shown = await words(['analyze', '--list-id', list, '--db', db]);
    expect(shown.out).toMatch(/\d\d:\d\d UTC/);
    expect((await words(['status', '--db', db])).out).toMatch(/answer +\d/);
  });

  test('call a pipe a pipe', async () => {
    await words(['export', '--db', here.sender, '--all', '-o', '-']);
    expect((await words(['status', '--db', here.sender])).out).toContain('standard output');
    expect((await words(['status', '--db', here.sender, '--lang', 'hu'])).out).toContain(
      'szabványos kimenet',
    );
  });
});
