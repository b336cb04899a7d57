import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { answer, words } from '../cli/demo-archives.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** Spoils what lies in the middle of a volume: its photos. */
function damage(volume: string): void {
  const bytes = readFileSync(volume);
  bytes.fill(0, 30_000, bytes.length - 30_000);
  writeFileSync(volume, bytes);
}

test('one request asks for what all damaged volumes have lost, and its answer completes all of them', async () => {
  const images = Array.from({ length: 12 }, (_, at) => ({
    siteImageId: at + 1,
    file: uniqueJpeg(`photo ${at}`, 60_000),
  }));
  const anna = new Archivist(folder(), 'anna', { images });
  const bela = new Archivist(folder(), 'bela', { images: [] });
  const series = join(folder(), 'út');
  await answer(['export', '--all', '--db', anna.db, '-o', series, '--volume-size', '220K']);
  const volumes = readdirSync(series).sort();
  expect(volumes.length).toBeGreaterThan(3);
  for (const at of [1, 3]) damage(join(series, volumes[at]!));
  const request = join(folder(), 'lost.indarequest');
  const { status, answer: verified } = await answer(['verify', series, '--request', request]);
  expect(status).toBe(4);
  const lost: string[] = verified.results.flatMap(({ lost }: { lost: { digest: string }[] }) =>
    lost.map(({ digest }) => digest),
  );
  expect(lost.length).toBeGreaterThan(3);
  expect(new Set(readFileSync(request, 'utf8').match(/[0-9a-f]{64}/g))).toEqual(
    new Set([...lost, ...endDigest(request)]),
  );

  await words(['apply', series, '--db', bela.db, '--yes']);
  await bela.take(await anna.answer(request));
  expect(bela.read().fileDigests.size).toBe(12);
  const { out } = await words(['status', '--db', bela.db, '--lang', 'en']);
  expect(out).not.toContain('can be asked for again');

  const again = await words(['verify', series, '--request', request, '--lang', 'en']);
  expect(again.status).toBe(2);
  expect(again.err).toContain('lost.indarequest exists already');
});

/** The digest that proves a request stands in its last line. */
function endDigest(request: string): string[] {
  const last = readFileSync(request, 'utf8').trimEnd().split('\n').at(-1)!;
  return [(JSON.parse(last) as { end: { digest: string } }).end.digest];
}
