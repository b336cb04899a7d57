import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { buildArchive, type ImageSpec } from '../../fixtures/archive-builder.ts';
import { readArchive } from '../../fixtures/archive-reader.ts';
import { widthOf } from '../../src/cli/output/text-width.ts';
import { type Answer, answer, words } from './demo-archives.ts';
import { fakeWorld } from './fake-world.ts';

const home = mkdtempSync(join(tmpdir(), 'indabundle-cli-'));

afterAll(() => rmSync(home, { recursive: true, force: true }));

const pictures = (from: number, to: number): ImageSpec[] =>
  Array.from({ length: to - from }, (_, at) => ({
    siteImageId: 9000 + from + at,
    author: (from + at) % 2 === 0 ? 'Őry Ákos' : 'Tóth Gábor',
    tags: ['tó', `kép ${from + at}`],
  }));

let folder: string;
let anna: string;
let bela: string;

beforeEach(() => {
  folder = mkdtempSync(join(home, 'test-'));
  anna = buildArchive(join(folder, 'anna'), { schema: 'today', images: pictures(0, 8) }).databasePath;
  bela = buildArchive(join(folder, 'bela'), { schema: 'today', images: pictures(6, 11) }).databasePath;
});

const file = (name: string) => join(folder, name);

function change(db: string, sql: string): void {
  const opened = new Database(db);
  opened.pragma('foreign_keys = OFF');
  opened.exec(sql);
  opened.close();
}

/** What `asker` lacks of what `giver` has, by the commands that two people would type. */
async function bring(giver: string, asker: string, name: string): Promise<Answer> {
  const [catalog, request, bundle] = [`${name}.indacatalog`, `${name}.indarequest`, `${name}.indabundle`].map(
    file,
  ) as [string, string, string];
  expect((await answer(['catalog', '--db', giver, '-o', catalog, '--label', name])).status).toBe(0);
  const analysis = await answer(['analyze', '--db', asker, '--remote', catalog, '-o', request]);
  expect(analysis.status).toBe(0);
  await answer(['export', '--db', giver, '--request', request, '-o', bundle]);
  await answer(['apply', bundle, '--db', asker]);
  return analysis.answer.result.remotes[0].asked;
}

const statusOf = async (db: string): Promise<Answer> => (await answer(['status', '--db', db])).answer.result;

describe('two people', () => {
  test('catalogue, analyze, request, export, apply, and status shows all completed; and back', async () => {
    expect((await bring(anna, bela, 'to-bela')).images).toBe(6);
    expect((await bring(bela, anna, 'to-anna')).images).toBe(3);
    for (const [db, count] of [
      [bela, 6],
      [anna, 3],
    ] as const) {
      const { operations, lists, failuresTotal } = await statusOf(db);
      const applied = operations.filter(({ kind }: Answer) => kind === 'apply');
      expect(applied).toMatchObject([{ status: 'completed', processed: count, total: count, errors: 0 }]);
      const asked = lists.filter(({ kind }: Answer) => kind === 'asked');
      expect(asked).toMatchObject([{ status: 'completed', completed: count, total: count }]);
      expect(failuresTotal).toBe(0);
    }
    const again = await answer(['analyze', '--db', bela, '--remote', anna]);
    expect(again.answer.result.asked).toBe(0);
  });

  test('what arrived is verified, taken back, and tidied up after', async () => {
    const before = readArchive(join(folder, 'bela'));
    const { listId } = await bring(anna, bela, 'trip');
    const operation = (await statusOf(bela)).operations[0].operationId as string;
    const verified = await answer(['verify', '--list-id', listId, '--db', bela]);
    expect(verified).toMatchObject({ status: 0, answer: { result: { verdict: 'whole', whole: 6 } } });
    const dry = await words(['revert', operation, '--db', bela, '--dry-run']);
    expect(dry.out).toContain('Dry run');
    const reverted = await answer(['revert', operation, '--db', bela, '--yes']);
    expect(reverted).toMatchObject({ status: 0, answer: { result: { imagesRemoved: 6, keptTotal: 0 } } });
    expect(readArchive(join(folder, 'bela'))).toEqual(before);
    expect((await statusOf(bela)).operations).toMatchObject([{ reverted: true }]);
    const tidied = await answer(['cleanup', '--db', bela, '--yes']);
    expect(tidied.answer.result.counts).toMatchObject({ operation: 1 });
    expect((await statusOf(bela)).operations).toEqual([]);
  });
});

describe('analyze', () => {
  test('a dry run names both sides and changes nothing', async () => {
    const { status, out } = await words(['analyze', '--db', bela, '--remote', anna, '--dry-run']);
    expect(status).toBe(0);
    expect(out).toContain('6 images would be asked for');
    expect(out).toMatch(/not known +6 images.* +3 images/);
    expect((await statusOf(bela)).books).toBe('none');
  });

  test('several remotes get a folder of requests', async () => {
    const cili = buildArchive(join(folder, 'cili'), { schema: 'today', images: [] }).databasePath;
    const argv = ['analyze', '--db', cili, '--remote', anna, '--remote', bela, '-o', file('requests')];
    const { answer: document } = await answer(argv);
    const { remotes, asked } = document.result;
    expect(asked).toBe(11);
    for (const remote of remotes) expect(existsSync(remote.asked.requestPath)).toBe(true);
  });

  test('a list without a request is answered from the database of the asker', async () => {
    const { answer: document } = await answer(['analyze', '--db', bela, '--remote', anna]);
    const { listId, requestPath } = document.result.remotes[0].asked;
    expect(requestPath).toBeNull();
    const bundle = file('list.indabundle');
    const packed = await answer(['export', '--db', anna, '--list-id', listId, '--for', bela, '-o', bundle]);
    expect(packed.answer.result.records).toBe(6);
    await answer(['apply', bundle, '--db', bela]);
    const { out } = await words(['analyze', '--db', bela, '--list-id', listId]);
    expect(out).toMatch(/Here now +6/);
  });

  test('what one could not give is asked of another', async () => {
    const cili = buildArchive(join(folder, 'cili'), { schema: 'today', images: [] }).databasePath;
    const request = file('r.indarequest');
    await answer(['analyze', '--db', cili, '--remote', anna, '-o', request]);
    change(anna, `UPDATE images SET local_path = 'gone.jpg' WHERE id IN (7, 8)`);
    const bundle = file('part.indabundle');
    expect((await answer(['export', '--db', anna, '--request', request, '-o', bundle])).status).toBe(3);
    expect((await answer(['apply', bundle, '--db', cili])).status).toBe(3);
    const failed = await words(['status', '--failed', '--db', cili, '--lang', 'hu']);
    expect(failed.out).toContain('2 kép nem sikerült');
    expect(failed.out.replaceAll(/\s+/g, ' ')).toContain('a küldő kihagyta: nincs ott, ahol');
    const { failures } = (await answer(['status', '--failed', '--db', cili])).answer.result;
    const retried = await answer(['analyze', '--retry', failures[0].listId, '--db', cili, '--remote', bela]);
    expect(retried.answer.result).toMatchObject({ failed: 2, notFound: 0 });
    expect((await statusOf(cili)).failuresTotal).toBe(0);
  });
});

describe('verify of what arrived', () => {
  test('answers 4 for a photo that was changed, and names it', async () => {
    const { listId } = await bring(anna, bela, 'trip');
    const opened = new Database(bela, { readonly: true });
    const path = opened
      .prepare('SELECT local_path FROM images ORDER BY id DESC LIMIT 1')
      .pluck()
      .get() as string;
    opened.close();
    appendFileSync(join(folder, 'bela', path), 'x');
    const { status, out } = await words(['verify', '--list-id', listId, '--db', bela]);
    expect(status).toBe(4);
    expect(out).toContain('changed');
    expect(out).toContain(path);
  });
});

describe('the other commands', () => {
  test('backup writes a copy into a folder', async () => {
    const { answer: document } = await answer(['backup', '--db', anna, '-o', folder]);
    expect(document.result.images).toBe(8);
    expect(existsSync(document.result.path)).toBe(true);
  });

  test.each([
    [['catalog'], 'Say where to write the catalogue: -o FILE.indacatalog.'],
    [['analyze'], 'Say with whom to compare: --remote DATABASE-OR-CATALOGUE (or --list-id ID).'],
    [['analyze', '--list-id', 'x', '--remote', 'y'], '--list-id only shows a list;'],
    [['verify'], 'The command needs BUNDLE.'],
    [['verify', 'a', '--list-id', 'x'], 'Name a bundle, or one of --list-id and --operation, not both.'],
    [['verify', '--operation', 'a', '--list-id', 'x'], 'Name a bundle, or one of'],
    [['revert'], 'The command needs OPERATION.'],
    [['cleanup', '--older-than', '30'], '--older-than does not understand "30"'],
    [['export', '--request', 'a', '--all', '-o', 'x'], 'cannot be combined'],
  ])('wrong usage: %j', async (argv, message) => {
    const { status, answer: document } = await answer(argv);
    expect(status).toBe(2);
    expect(document.error.message).toContain(message);
  });

  test('no report is wider than the terminal, in either language', async () => {
    const { listId } = await bring(anna, bela, 'trip');
    const operation = (await statusOf(bela)).operations[0].operationId as string;
    const commands = [
      ['status', '--db', bela],
      ['status', operation, '--db', bela],
      ['status', listId, '--db', bela],
      ['verify', '--operation', operation, '--db', bela],
      ['analyze', '--db', bela, '--remote', anna, '--dry-run'],
      ['revert', operation, '--db', bela, '--dry-run'],
      ['cleanup', '--db', bela, '--dry-run', '--older-than', '0h'],
    ];
    for (const lang of ['en', 'hu']) {
      for (const argv of commands) {
        const { out } = await words([...argv, '--lang', lang], fakeWorld({ columns: 80 }));
        const prose = out.split('\n').filter((line) => !line.includes(folder));
        expect(prose.filter((line) => widthOf(line) > 80)).toEqual([]);
      }
    }
  });
});
