import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ArchiveSnapshot } from '../../fixtures/archive-reader.ts';
import { compareReceiver } from '../../fixtures/receiver-comparison.ts';
import { applyBundle, exportBundle } from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { clear, copy, inFolder, spec } from './copies.ts';

const meeting = fc.record({
  sender: fc.array(copy, { minLength: 1, maxLength: 5 }),
  receiver: fc.array(copy, { maxLength: 5 }),
  way: fc.constantFrom('catalogue and request', 'database and request', 'for database', 'for catalogue'),
});

/** The site's ids of the pictures whose photos are there; `isTrue` for those alone that are what their rows say. */
function shown({ images, fileDigests }: ArchiveSnapshot, isTrue: boolean): Set<string> {
  const photos = [...images].filter(([id, { sha256_hash: stated }]) => {
    const digest = fileDigests.get(id) ?? null;
    return digest !== null && (!isTrue || stated === null || stated === digest);
  });
  return new Set(photos.map(([, row]) => siteOf(row['url']) ?? siteOf(row['page_url']) ?? ''));
}

const siteOf = (address: unknown) =>
  /\/(\d+)_[0-9a-f]{32}_\w+\.jpg$|\/image\/(\d+)-/.exec(String(address))?.slice(1).find(Boolean);

/** What the sender packs for the receiver; null where there is nothing to be asked for. */
async function packed(from: Archivist, to: Archivist, way: string, output: string): Promise<string | null> {
  if (way.startsWith('for')) {
    const database = way === 'for database' ? to.db : await to.catalog();
    await exportBundle({ db: from.db, selection: { kind: 'for', database }, output });
    return output;
  }
  const remote = way.startsWith('catalogue') ? await from.catalog() : from.db;
  const request = (await to.ask([remote])).remotes[0]!.asked.requestPath;
  return request === null ? null : await from.answer(request);
}

test('whichever way one asks, what the other can show is here afterwards, and nothing is asked for again', async () => {
  await fc.assert(
    fc.asyncProperty(meeting, ({ sender, receiver, way }) =>
      inFolder(async (folder) => {
        const anna = new Archivist(folder, 'anna', { images: clear(sender, sender).map(spec) });
        const own = [...clear(receiver, sender).map(spec), { siteImageId: 9 }];
        const bela = new Archivist(folder, 'bela', { images: own });
        const before = bela.read();
        const input = await packed(anna, bela, way, join(folder, 'for-bela.indabundle'));
        if (input !== null) await applyBundle({ db: bela.db, input, backup: false });
        expect(compareReceiver(before, bela.read())).toEqual([]);
        const there = shown(anna.read(), true);
        const here = shown(bela.read(), false);
        expect([...there].filter((picture) => !here.has(picture))).toEqual([]);
        // Several rows of one picture are filled one after the other, and what is not whole there is asked for in vain.
        const pictures = (copies: typeof sender) => new Set(copies.map(({ picture }) => picture)).size;
        if (there.size < pictures(sender) || pictures(receiver) < receiver.length) return;
        expect((await bela.ask([anna.db], { dryRun: true })).asked).toBe(0);
      }),
    ),
    { numRuns: 30, endOnFailure: true },
  );
});
