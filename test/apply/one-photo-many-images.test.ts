import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { sha256 } from '../../fixtures/photo-folder.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** More images than are applied together. */
const SHARERS = 1_100;
const SHARED = uniqueJpeg('shared', 3_000);
const images = [
  { siteImageId: 1, title: 'első' },
  ...Array.from({ length: SHARERS }, (_, at) => ({ siteImageId: 100 + at, file: SHARED })),
  { siteImageId: 5_000, title: 'utolsó' },
];

test('a picture that very many images share comes to all of them, and is damaged for all of them', async () => {
  const anna = new Archivist(folder(), 'anna', { images });
  const bundle = await anna.pack();
  const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 9_999 }] });
  expect(await bela.take(bundle)).toMatchObject({ outcomes: { added: SHARERS + 2, failed: 0 } });
  const after = bela.read();
  expect([...after.fileDigests.values()].filter((digest) => digest === sha256(SHARED))).toHaveLength(SHARERS);
  const places = new Set([...after.images.values()].map((row) => row['local_path']));
  expect(places.size).toBe(SHARERS + 3);
  expect(await bela.take(bundle)).toMatchObject({ operationId: null, doneBefore: SHARERS + 2 });

  const unpacked = folder('unpacked');
  execFileSync('tar', ['--zstd', '-xf', bundle, '-C', unpacked]);
  const photo = join(unpacked, 'files', sha256(SHARED).slice(0, 2), `${sha256(SHARED)}.jpg`);
  writeFileSync(photo, Buffer.from(SHARED).fill(0, 2_000));
  const cili = new Archivist(folder(), 'cili', { images: [{ siteImageId: 9_999 }] });
  expect(await cili.take(unpacked)).toMatchObject({ outcomes: { failed: SHARERS } });
  expect(cili.query(`SELECT count(*) AS n FROM images`)).toEqual([{ n: 3 }]);
});
