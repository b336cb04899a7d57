import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import {
  applyBundle,
  backupArchive,
  type Event,
  exportBundle,
  inspectBundle,
  type Observer,
  verifyBundle,
  writeCatalog,
} from '../../src/index.ts';
import { Archivist } from '../support/conversation.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();
const COUNT = 12;

/** Photos whose digests nobody knows, so that all are read while the export is planned. */
const archive = (name: string) =>
  new Archivist(folder(), name, {
    images: Array.from({ length: COUNT }, (_, at) => ({
      siteImageId: at + 1,
      digest: null,
      file: uniqueJpeg(`photo ${at}`, 300_000),
    })),
  });

/** Stops the work with a reason of the caller's own, at the first event that will do. */
function stopper(at: (event: Event) => boolean) {
  const controller = new AbortController();
  const observer: Observer = (event) => {
    if (at(event)) controller.abort(new Error('the user closed the window'));
  };
  return { observer, signal: controller.signal };
}

const anyProgress = (event: Event) => event.type === 'progress' || event.type === 'phase';

describe('work that was stopped for a reason of the caller’s own is interrupted', () => {
  test.each(['plan', 'pack'] as const)(
    'export, while it is at %s; and goes on with all photos',
    async (phase) => {
      const anna = archive('anna');
      const output = join(folder(), 'trip.indabundle');
      const options = { db: anna.db, selection: { kind: 'all' }, output, rehash: true } as const;
      const stop = stopper((event) => event.type === 'phase' && event.phase === phase);
      await expect(exportBundle({ ...options, ...stop })).rejects.toMatchObject({ code: 'interrupted' });
      expect(await exportBundle(options)).toMatchObject({
        records: COUNT,
        files: COUNT,
        omittedByReason: {},
      });
    },
  );

  test('apply, verify, catalog, backup', async () => {
    const anna = archive('anna');
    const bela = new Archivist(folder(), 'bela', { images: [{ siteImageId: 99 }] });
    const input = await anna.pack();
    const interrupted = { code: 'interrupted', exitStatus: 130 };
    const stop = () => stopper(anyProgress);
    await expect(applyBundle({ db: bela.db, input, ...stop() })).rejects.toMatchObject(interrupted);
    await expect(verifyBundle({ input, ...stop() })).rejects.toMatchObject(interrupted);
    const output = join(folder(), 'a.indacatalog');
    await expect(writeCatalog({ db: anna.db, output, ...stop() })).rejects.toMatchObject(interrupted);
    const copy = join(folder(), 'copy.db');
    await expect(backupArchive({ db: anna.db, output: copy, ...stop() })).rejects.toMatchObject(interrupted);
    expect((await inspectBundle({ input })).manifest.totals.files).toBe(COUNT);
  });
});
