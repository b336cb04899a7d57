import { writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { digestOf, FRAME, hostileBundle, hostileImages, type Hooks } from '../../fixtures/hostile-bundle.ts';
import { Receiver } from './receiver.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const receiver = new Receiver(folder);
const file = join(folder, 'strict.indabundle');
const images = hostileImages(3, 'strict');
beforeEach(() => receiver.renew());

const DEFECTS: Record<string, Hooks> = {
  'a damaged photo, the last one': {
    entries: (frames) =>
      frames.with(FRAME.firstFile + 2, [
        { ...frames[FRAME.firstFile + 2]![0]!, content: Buffer.from(images[2]!.file).fill(1, 400, 404) },
      ]),
  },
  'a wrong index': { index: (lines) => lines.slice(1) },
  'a lost tail': { bytes: (bundle) => bundle.subarray(0, -300) },
  'a lost head': { bytes: (bundle) => Buffer.concat([Buffer.alloc(64), bundle.subarray(64)]) },
  'a wrong seek table': {
    table: (table) => {
      table.writeUInt32LE(5, 8);
      return table;
    },
  },
  'a file that was left out': {
    entries: (frames) => frames.toSpliced(FRAME.firstFile, 1),
    index: (lines) => lines.with(0, { omitted: 'missing', digest: lines[0]!['digest'] }),
  },
};

test.each(Object.keys(DEFECTS))(
  '%s: a strict apply does nothing at all, a normal one what it can',
  async (what) => {
    writeFileSync(file, hostileBundle(images, DEFECTS[what]));
    const { status, error } = await receiver.apply(file, { strict: true });
    expect([status, error?.code]).toEqual([EXIT.refused, 'bundle-not-acceptable']);
    expect(error?.findings.length).toBeGreaterThan(0);
    expect(receiver.landed()).toMatchObject({ digests: [], strange: [] });
    expect((await receiver.apply(file)).status).toBe(EXIT.partial);
    expect(receiver.landed().digests.length).toBeGreaterThan(0);
  },
);

test('what is whole is applied', async () => {
  writeFileSync(file, hostileBundle(images));
  expect((await receiver.apply(file, { strict: true })).status).toBe(EXIT.whole);
  expect([...receiver.landed().digests].sort()).toEqual(images.map((image) => digestOf(image.file)).sort());
});

test('a stream cannot be read twice', async () => {
  const { status } = await receiver.apply(Readable.from([hostileBundle(images)]), { strict: true });
  expect([status, receiver.landed().digests]).toEqual([EXIT.usage, []]);
});
