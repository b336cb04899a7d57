import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import type { SchemaName } from '../../fixtures/archive-schemas.ts';
import { applyBundle, revert } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';

/** Somebody's copy of a picture: the site says the same of it to everybody, and not everybody kept all of it. */
const copy = fc.record({
  picture: fc.integer({ min: 1, max: 9 }),
  described: fc.boolean(),
  tags: fc.uniqueArray(fc.constantFrom('tó', 'köd', 'Köd', ''), { maxLength: 3 }),
  album: fc.option(fc.constantFrom('a', 'b')),
  file: fc.constantFrom('here', 'here', 'here', 'missing', 'never'),
});
type Copy = typeof copy extends fc.Arbitrary<infer T> ? T : never;

const archive = fc.uniqueArray(copy, { maxLength: 7, selector: ({ picture }) => picture });

function spec({ picture, described, tags, album, file }: Copy): ImageSpec {
  return {
    siteImageId: 7000 + picture,
    author: `szerző ${picture % 3}`,
    title: `Kép ${picture}`,
    description: described ? `Leírás ${picture}` : null,
    license: 'CC BY 2.5 HU',
    taken: null,
    upload: '2012-01-01',
    cameraMake: 'Canon',
    cameraModel: null,
    uuid: null,
    tags,
    albums: album === null ? [] : [{ id: album, title: `Album ${album}` }],
    ...(file === 'missing' ? { file } : file === 'never' ? { file: null } : {}),
  };
}

const people = fc.record({
  senders: fc.array(archive, { minLength: 1, maxLength: 3 }),
  receiver: archive,
  schema: fc.constantFrom<SchemaName>('today', 'upgraded', 'python-sync', 'today-without-wal'),
  banned: fc.boolean(),
  /** In which order, and which of them more than once. */
  orders: fc.tuple(
    fc.array(fc.nat({ max: 2 }), { maxLength: 3 }),
    fc.array(fc.nat({ max: 2 }), { maxLength: 3 }),
  ),
  /** After how many events each apply and each revert is stopped first. */
  stops: fc.array(fc.nat({ max: 14 }), { minLength: 6, maxLength: 6 }),
});

/** What an archive says, but for ids and places: those may depend on the order. */
function said(person: Archivist): unknown {
  const { images, fileDigests, links, albums, tags, integrity, orphans } = readArchive(person.archive.dir);
  const pictures = [...images].map(([id, { id: _, local_path, ...row }]) => ({
    ...row,
    file: fileDigests.get(id),
    hasPath: local_path !== null,
    links: links
      .filter(({ imageId }) => imageId === id)
      .map(({ kind, key }) => `${kind} ${key}`)
      .sort(),
  }));
  pictures.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  const files = [...fileTree(person.archive.photoFolder).values()].sort();
  return {
    pictures,
    files,
    albums: [...albums.keys()].sort(),
    tags: [...tags.keys()].sort(),
    integrity,
    orphans,
  };
}

function whole(person: Archivist): unknown {
  return { archive: readArchive(person.archive.dir), files: fileTree(person.archive.photoFolder) };
}

/** Runs, is stopped after some events, and runs again until it is done. */
async function stopped<T>(
  after: number,
  run: (options: { observer: () => void; signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let events = 0;
  const observer = () => {
    events += 1;
    if (events > after) stop.abort();
  };
  return await run({ observer, signal: stop.signal }).catch(
    async () => await run({ observer: () => {}, signal: new AbortController().signal }),
  );
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'indabundle-test-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('bundles in any order, stopped anywhere, give the same archive; reverting gives back the start', async () => {
  await fc.assert(
    fc.asyncProperty(people, ({ senders, receiver, schema, banned, orders, stops }) =>
      inFolder(async (folder) => {
        const makeReceiver = (name: string) =>
          new Archivist(folder, name, {
            images: receiver.map(spec),
            schema,
            bannedAuthors: banned ? ['szerző 1'] : [],
          });
        const bundles = await Promise.all(
          senders.map((images, at) =>
            new Archivist(folder, `sender${at}`, { images: images.map(spec) }).pack(),
          ),
        );
        const everyone = bundles.map((_, at) => at);
        const inOrder = makeReceiver('in-order');
        for (const at of everyone) await applyBundle({ db: inOrder.db, input: bundles[at]!, backup: false });
        const shuffled = makeReceiver('shuffled');
        const start = whole(shuffled);
        const order = [...orders[0], ...orders[1], ...everyone.toReversed()].map((at) => at % bundles.length);
        for (const [turn, at] of order.entries()) {
          await stopped(stops[turn % stops.length]!, (options) =>
            applyBundle({ db: shuffled.db, input: bundles[at]!, backup: false, ...options }),
          );
        }
        expect(said(shuffled)).toEqual(said(inOrder));
        const operations = shuffled.query<{ operation_id: string }>(
          'SELECT operation_id FROM sync_operations ORDER BY id DESC',
        );
        for (const [turn, { operation_id: operationId }] of operations.entries()) {
          const { kept } = await stopped(stops[turn % stops.length]!, (options) =>
            revert({ db: shuffled.db, operationId, backup: false, ...options }),
          );
          expect(kept).toEqual([]);
        }
        expect(whole(shuffled)).toEqual(start);
      }),
    ),
    { numRuns: 15, endOnFailure: true },
  );
});
