import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type BuiltArchive, buildArchive } from '../../fixtures/archive-builder.ts';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import {
  applyBundle,
  BundleError,
  exportBundle,
  findSeries,
  inspectBundle,
  verifyBundle,
  writeCatalog,
} from '../../src/index.ts';
import { exportAll } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const archive = (): BuiltArchive =>
  buildArchive(folder('sender'), {
    schema: 'today',
    images: Array.from({ length: 4 }, (_, at) => ({ file: uniqueJpeg(at, 100_000) })),
  });

const toStream = ({ databasePath: db }: BuiltArchive, output: PassThrough, signal?: AbortSignal) =>
  exportBundle({ db, selection: { kind: 'all' }, output, ...(signal === undefined ? {} : { signal }) });

describe('an export into a stream', () => {
  test('that nobody reads can be stopped', async () => {
    const stop = new AbortController();
    const output = new PassThrough({ highWaterMark: 10 });
    const running = toStream(archive(), output, stop.signal);
    output.once('readable', () => setTimeout(() => stop.abort(), 50)); // by now it waits for a reader
    await expect(running).rejects.toMatchObject({ code: 'interrupted', exitStatus: 130 });
  });

  test('that is closed already fails', async () => {
    const output = new PassThrough();
    output.destroy();
    await expect(toStream(archive(), output)).rejects.toBeInstanceOf(Error);
  });
});

test.each([
  ['verify', (input: Readable, signal: AbortSignal) => verifyBundle({ input, signal })],
  ['inspect', (input: Readable, signal: AbortSignal) => inspectBundle({ input, signal })],
  [
    'apply',
    (input: Readable, signal: AbortSignal) => applyBundle({ input, signal, db: archive().databasePath }),
  ],
])('%s of a stream that sends nothing can be stopped', async (_, work) => {
  const stop = new AbortController();
  const silent = new Readable({ read: () => setTimeout(() => stop.abort(), 50) });
  await expect(work(silent, stop.signal)).rejects.toMatchObject({ code: 'interrupted', exitStatus: 130 });
});

test('a stream that is stopped before it is read fails no less', async () => {
  const silent = new Readable({ read: () => {} });
  await expect(verifyBundle({ input: silent, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'interrupted',
  });
});

test('time that runs out interrupts like anybody else', async () => {
  const bundle = join(folder(), 'trip.indabundle');
  const sender = archive();
  await exportAll(sender, bundle);
  const signal = AbortSignal.abort(new DOMException('The operation timed out', 'TimeoutError'));
  for (const work of [
    () => verifyBundle({ input: bundle, signal }),
    () => exportAll(sender, join(folder(), 'again.indabundle'), { signal }),
    () => findSeries([bundle], signal),
  ]) {
    const error: unknown = await work().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BundleError);
    expect(error).toMatchObject({ code: 'interrupted' });
  }
});

test.each([
  ['longer than the format allows', 'x'.repeat(1001)],
  ['with a NUL', 'Anna\0'],
  ['with half a character', 'Anna \ud800'],
])('a label %s is refused before anything is written', async (_, label) => {
  const { databasePath: db } = archive();
  const output = join(folder(), 'trip');
  const refusal = { code: 'option-value', params: { option: '--label' } };
  await expect(exportBundle({ db, selection: { kind: 'all' }, output, label })).rejects.toMatchObject(
    refusal,
  );
  await expect(writeCatalog({ db, output, label })).rejects.toMatchObject(refusal);
});
