import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { inspectBundle, verifyBundle } from '../../src/index.ts';
import { exchange } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const COUNT = 1_100;

test('of very many lost photos a thousand are named, all are counted, and the request asks for all', async () => {
  const file = (at: number) => uniqueJpeg(`photo ${at}`, 4_000);
  const images = Array.from({ length: COUNT }, (_, at) => ({
    siteImageId: at + 1,
    author: 'Anna',
    file: file(at),
  }));
  const trip = exchange(folder(), { images }, { images: [] });
  await trip.export();
  const bytes = readFileSync(trip.bundle);
  const { manifest } = await inspectBundle({ input: trip.bundle });
  expect(manifest.totals.files).toBe(COUNT);
  bytes.fill(0, 200_000, bytes.length - 200_000); // records lie before, lists behind
  writeFileSync(trip.bundle, bytes);
  const request = join(folder(), 'lost.indarequest');
  const { lost, lostTotal } = await verifyBundle({ input: trip.bundle, request });
  expect(lostTotal).toBeGreaterThan(1_000);
  expect(lost).toHaveLength(1_000);
  const asked = new Set(readFileSync(request, 'utf8').match(/[0-9a-f]{64}/g));
  expect(lost.filter(({ digest }) => digest === undefined || !asked.has(digest))).toEqual([]);
  expect(asked.size).toBeGreaterThanOrEqual(lostTotal);
});
