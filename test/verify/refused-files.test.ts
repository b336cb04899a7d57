import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageSpec } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { notAJpeg } from '../../fixtures/jpeg-files.ts';
import { BundleError, verifyBundle } from '../../src/index.ts';
import { databaseDump } from '../support/database-dump.ts';
import { exchange, type Exchange } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

/** Longer than what is packed in one piece. */
const LONG = Buffer.concat([notAJpeg('html'), Buffer.alloc(9_000_000, ' ')]);

const good: ImageSpec = { siteImageId: 1, author: 'Anna' };

/** What an archive does not take although the bundle is whole, each with another image and with one that is here. */
const CASES: readonly (readonly [string, readonly ImageSpec[], RegExp])[] = [
  [
    'a file that is no picture',
    [{ siteImageId: 2, file: notAJpeg('html'), author: 'Anna' }],
    /not a picture/,
  ],
  ['a long one', [{ siteImageId: 2, file: LONG, author: 'Anna' }], /not a picture/],
  [
    'one that two records of one image bring',
    [2, 2].map((siteImageId) => ({ siteImageId, file: notAJpeg('html'), author: 'Anna' })),
    /not a picture/,
  ],
  ['a folder that leads out', [{ siteImageId: 2, author: 'Kinn' }], /link that leaves the archive/],
];

async function trip(images: readonly ImageSpec[]): Promise<Exchange> {
  const whole = exchange(
    folder(),
    { images: [good, ...images, { siteImageId: 9 }] },
    { images: [{ siteImageId: 9 }] },
  );
  symlinkSync(folder(), join(whole.receiver.photoFolder, 'Kinn'));
  await whole.export();
  return whole;
}

describe.each(CASES)('%s', (_what, images, reason) => {
  test('is foretold', async () => {
    const { bundle, receiver, apply } = await trip(images);
    const { wouldApply } = await verifyBundle({ input: bundle, db: receiver.databasePath });
    const { outcomes, failures } = await apply();
    expect(wouldApply).toEqual(outcomes);
    expect(outcomes).toMatchObject({ added: 1, present: 1, failed: images.length });
    expect(failures[0]!.reason).toMatch(reason);
  });

  test('keeps all of a bundle out that is to come as a whole', async () => {
    const { receiver, apply } = await trip(images);
    const before = [fileTree(receiver.dir), databaseDump(receiver.dir)];
    const error: unknown = await apply({ strict: true }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BundleError);
    expect(error).toMatchObject({
      code: 'not-all-applicable',
      exitStatus: 4,
      params: { count: images.length },
    });
    expect(String(error)).toMatch(reason);
    expect([fileTree(receiver.dir), databaseDump(receiver.dir)]).toEqual(before);
  });
});

test('a whole bundle with files of an allowed type comes as a whole', async () => {
  const { apply } = await trip([{ siteImageId: 2, file: notAJpeg('html'), author: 'Anna' }]);
  expect((await apply({ strict: true, allowTypes: ['any'] })).outcomes).toMatchObject({
    added: 2,
    failed: 0,
  });
});
