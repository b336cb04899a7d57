import { describe, expect, test } from 'vitest';
import { readArchive } from '../../fixtures/archive-reader.ts';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { retry } from '../../src/index.ts';
import { CatalogReader } from '../../src/catalog-file/catalog-reader.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const pictures = (from: number, to: number): ImageSpec[] =>
  Array.from({ length: to - from }, (_, at) => ({
    siteImageId: 5000 + from + at,
    author: `Szerző ${(from + at) % 3}`,
    tags: ['tó', `kép ${from + at}`],
  }));

/** What a catalogue lists, in comparable form. */
async function listed(path: string): Promise<string[]> {
  const reader = await CatalogReader.open(path);
  const lines: string[] = [];
  for await (const images of reader.groups())
    for (const { site, digest, here } of images) lines.push(`${site} ${digest} ${here}`);
  await reader.close();
  return lines.sort();
}

interface ListRow {
  readonly status: string;
  readonly total_files: number;
  readonly processed_files: number;
}

const lists = (person: Archivist) =>
  person.query<ListRow>(
    `SELECT status, total_files, processed_files FROM sync_export_lists WHERE operation_id IS NULL OR operation_id NOT LIKE 'export-%'`,
  );

describe('two archivists', () => {
  test('bring each other up to date by catalogue, request and bundle', async () => {
    const anna = new Archivist(folder(), 'anna', { images: pictures(0, 12) });
    const bela = new Archivist(folder(), 'bela', { images: pictures(8, 20) });
    for (const [asker, giver] of [
      [bela, anna],
      [anna, bela],
    ] as const) {
      const analysis = await asker.ask([await giver.catalog()]);
      expect(analysis.remotes[0]!.asked).toMatchObject({ images: 8 });
      const answered = await asker.take(await giver.answer(analysis.remotes[0]!.asked.requestPath!));
      expect(answered.outcomes).toMatchObject({ added: 8, failed: 0 });
      expect(lists(asker)).toEqual([{ status: 'completed', total_files: 8, processed_files: 8 }]);
    }
    expect(await listed(await anna.catalog())).toEqual(await listed(await bela.catalog()));
    expect((await anna.ask([await bela.catalog()])).asked).toBe(0);
  });

  test('ask for what a lost file was, and get exactly that', async () => {
    const anna = new Archivist(folder(), 'anna', { images: pictures(0, 4) });
    const bela = new Archivist(folder(), 'bela', {
      images: [{ siteImageId: 5001, file: 'missing' }, { siteImageId: 5002, file: null }, ...pictures(3, 4)],
    });
    const { remotes } = await bela.ask([await anna.catalog()]);
    expect(remotes[0]!.weLack).toMatchObject({ missing: { images: 1 }, restore: { images: 2 }, present: 1 });
    const result = await bela.take(await anna.answer(remotes[0]!.asked.requestPath!));
    expect(result.outcomes).toMatchObject({ added: 1, restored: 2 });
    expect(lists(bela)).toEqual([{ status: 'completed', total_files: 3, processed_files: 3 }]);
  });

  test('see who lacks what, both ways and by author', async () => {
    const anna = new Archivist(folder(), 'anna', { images: pictures(0, 6) });
    const bela = new Archivist(folder(), 'bela', { images: pictures(4, 7), bannedAuthors: ['Szerző 0'] });
    const [remote] = (await bela.ask([anna.db], { dryRun: true })).remotes;
    const byAuthor = [
      { author: 'Szerző 1', images: 1 },
      { author: 'Szerző 2', images: 1 },
    ];
    expect(remote!.weLack.missing).toMatchObject({ images: 2, sizesUnknown: 0, byAuthor });
    expect(remote!.weLack).toMatchObject({ banned: 2, present: 2 });
    expect(remote!.theyLack.missing).toMatchObject({
      images: 1,
      byAuthor: [{ author: 'Szerző 0', images: 1 }],
    });
  });

  test('a dry run leaves no trace', async () => {
    const anna = new Archivist(folder(), 'anna', { images: pictures(0, 6) });
    const bela = new Archivist(folder(), 'bela', { images: pictures(4, 7) });
    const before = readArchive(bela.archive.dir);
    const { remotes, asked } = await bela.ask([await anna.catalog()], { dryRun: true });
    expect(asked).toBe(4);
    expect(remotes[0]!.asked).toMatchObject({ images: 4, listId: null, requestPath: null });
    expect(bela.query(`SELECT name FROM sqlite_master WHERE name LIKE 'sync%'`)).toEqual([]);
    expect(readArchive(bela.archive.dir)).toEqual(before);
  });
});

describe('three archivists', () => {
  test('ask two at once: nothing comes twice, and each sends about as much', async () => {
    const anna = new Archivist(folder(), 'anna', { images: pictures(0, 40) });
    const bela = new Archivist(folder(), 'bela', { images: pictures(0, 40) });
    const cili = new Archivist(folder(), 'cili', { images: pictures(38, 42) });
    const { remotes, asked } = await cili.ask([await anna.catalog(), bela.db]);
    expect(asked).toBe(38);
    const bytes = remotes.map((remote) => remote.asked.bytes);
    expect(Math.abs(bytes[0]! - bytes[1]!)).toBeLessThan(bytes[0]! / 10);
    const answers = [
      await anna.answer(remotes[0]!.asked.requestPath!),
      await bela.answer(remotes[1]!.asked.requestPath!),
    ];
    const taken = [await cili.take(answers[1]!), await cili.take(answers[0]!)];
    expect(taken.map(({ outcomes }) => outcomes.added + outcomes.present)).toEqual([
      remotes[1]!.asked.images,
      remotes[0]!.asked.images,
    ]);
    expect(taken.map(({ outcomes }) => outcomes.present)).toEqual([0, 0]);
    expect(lists(cili).map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  test('in the end all have everything', async () => {
    const people = [
      new Archivist(folder(), 'anna', { images: pictures(0, 9) }),
      new Archivist(folder(), 'bela', { images: pictures(6, 15), schema: 'upgraded' }),
      new Archivist(folder(), 'cili', { images: pictures(12, 20), schema: 'python-sync' }),
    ];
    for (const asker of people) {
      const others = people.filter((person) => person !== asker);
      const { remotes } = await asker.ask(await Promise.all(others.map((other) => other.catalog())));
      for (const [at, { asked }] of remotes.entries()) {
        if (asked.requestPath !== null) await asker.take(await others[at]!.answer(asked.requestPath));
      }
    }
    const catalogs = await Promise.all(people.map(async (person) => await listed(await person.catalog())));
    expect(catalogs[0]).toHaveLength(20);
    expect(catalogs[1]).toEqual(catalogs[0]);
    expect(catalogs[2]).toEqual(catalogs[0]);
  });
});

describe('what cannot be served', () => {
  test('is said with its reason, and can be asked of somebody else', async () => {
    const anna = new Archivist(folder(), 'anna', { images: pictures(0, 4) });
    const bela = new Archivist(folder(), 'bela', { images: [] });
    const cili = new Archivist(folder(), 'cili', { images: pictures(0, 2) });
    const { remotes } = await bela.ask([await anna.catalog()]);
    anna.run('DELETE FROM images WHERE id = 1');
    anna.run(`UPDATE images SET local_path = 'nowhere.jpg' WHERE id = 2`);
    anna.run('UPDATE images SET local_path = NULL WHERE id = 3');
    const result = await bela.take(await anna.answer(remotes[0]!.asked.requestPath!));
    expect(result.outcomes.added).toBe(1);
    expect(lists(bela)).toEqual([{ status: 'error', total_files: 4, processed_files: 1 }]);
    const reasons = bela.query<{ error_message: string }>(
      'SELECT error_message FROM sync_files WHERE error_message IS NOT NULL ORDER BY error_message',
    );
    expect(reasons.map(({ error_message }) => error_message)).toEqual([
      'left out by the sender: missing',
      'left out by the sender: no-file',
      'left out by the sender: unknown',
    ]);

    const again = await retry({
      db: bela.db,
      listId: remotes[0]!.asked.listId!,
      remotes: [await cili.catalog()],
      output: `${folder()}/again.indarequest`,
    });
    expect(again).toMatchObject({ failed: 3, notFound: 1, hereMeanwhile: 0 });
    expect(again.remotes[0]!.asked.images).toBe(2);
    expect((await bela.take(await cili.answer(again.remotes[0]!.asked.requestPath!))).outcomes.added).toBe(2);
    expect(lists(bela)).toEqual([
      { status: 'error', total_files: 2, processed_files: 1 },
      { status: 'completed', total_files: 2, processed_files: 2 },
    ]);
  });
});
