import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { applyBundle, cleanup, exportBundle, verifyBundle } from '../../src/index.ts';
import { exportAll } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

test('what no command line lets through is refused from a program, too', async () => {
  const archive = buildArchive(folder('sender'), { schema: 'today', images: [{}] });
  const { databasePath: db } = archive;
  const input = join(folder(), 'trip.indabundle');
  await exportAll(archive, input);
  const selection = { kind: 'all' } as const;
  const [output, nonsense] = [join(folder(), 'other.indabundle'), 'nope' as never];
  for (const [option, work] of [
    ['--level', () => exportBundle({ db, selection, output, level: 20 })],
    ['--level', () => exportBundle({ db, selection, output, level: Number.NaN })],
    ['--threads', () => exportBundle({ db, selection, output, threads: 0 })],
    ['--threads', () => verifyBundle({ input, threads: 1.5 })],
    ['--threads', () => applyBundle({ db, input, threads: 1000 })],
    ['--on-conflict', () => applyBundle({ db, input, onConflict: nonsense })],
    ['--metadata', () => applyBundle({ db, input, metadata: nonsense })],
    ['--older-than', () => cleanup({ db, olderThan: -1 })],
    ['--older-than', () => cleanup({ db, olderThan: Number.NaN })],
    ['--volumes', () => exportBundle({ db, selection, output, volumeSize: 1e6, volumes: [Number.NaN] })],
  ] as const) {
    const refusal = { code: 'option-value', exitStatus: 2, params: { option } };
    await expect(work(), option).rejects.toMatchObject(refusal);
  }
});

test('a stream of texts holds no bundle', async () => {
  const { verdict } = await verifyBundle({ input: Readable.from(['a', 'b']) });
  expect(verdict).toBe('damaged');
});
