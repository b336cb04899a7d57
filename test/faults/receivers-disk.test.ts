import { spawnSync } from 'node:child_process';
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { digestOf, hostileBundle, hostileImages, recordOf } from '../../fixtures/hostile-bundle.ts';
import { Receiver } from './receiver.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const receiver = new Receiver(folder);
const outside = join(folder, 'outside');
const bundle = join(folder, 'good.indabundle');
const images = hostileImages(2, 'disk');
const digests = images.map(({ file }) => digestOf(file));
const name = (recordOf(images[0]!, 0)['file'] as { name: string }).name;
const PHOTOS = 'indafoto_archive';
const TARGET = `${PHOTOS}/Anna/0/${name}`;

mkdirSync(outside);
writeFileSync(bundle, hostileBundle(images));
writeFileSync(join(outside, 'secret.txt'), 'not yours');
beforeEach(() => receiver.renew());

const place = (path: string) => join(receiver.dir, path);
const parent = (path: string) => mkdirSync(place(path), { recursive: true });

describe('a folder on the way that is none', () => {
  const obstacles: Record<string, () => void> = {
    'the photo folder is a link out of the archive': () => {
      spawnSync('rm', ['-rf', place(PHOTOS)]);
      symlinkSync(outside, place(PHOTOS));
    },
    'the author is a link out of the archive': () => symlinkSync(outside, place(`${PHOTOS}/Anna`)),
    'the last folder is a link out of the archive': () => {
      parent(`${PHOTOS}/Anna`);
      symlinkSync(outside, place(`${PHOTOS}/Anna/0`));
    },
    'a link that goes up by ..': () => symlinkSync('../../outside', place(`${PHOTOS}/Anna`)),
    'a link to nothing': () => symlinkSync(join(folder, 'nowhere'), place(`${PHOTOS}/Anna`)),
    'a link to itself': () => symlinkSync('Anna', place(`${PHOTOS}/Anna`)),
    'the author is a file': () => writeFileSync(place(`${PHOTOS}/Anna`), 'a file'),
  };

  test.each(Object.keys(obstacles))('%s: nothing is written through it, and it is said', async (what) => {
    obstacles[what]!();
    const { status, result } = await receiver.apply(bundle);
    expect([what, status]).toEqual([what, EXIT.partial]);
    expect(result?.outcomes).toMatchObject({ added: 0, failed: 2 });
    expect(readdirSync(outside)).toEqual(['secret.txt']);
    expect(receiver.landed()).toMatchObject({ digests: [], integrity: 'ok' });
  });

  test('a link that stays in the archive is followed', async () => {
    parent(`${PHOTOS}/Annácska`);
    symlinkSync('Annácska', place(`${PHOTOS}/Anna`));
    expect((await receiver.apply(bundle)).status).toBe(EXIT.whole);
    expect(receiver.landed()).toMatchObject({ digests, wrong: [] });
  });
});

describe('something stands where the file should go', () => {
  /** Puts it there, and answers a look at it that must be the same afterwards. */
  const obstacles: Record<string, () => () => unknown> = {
    'other content': () => {
      writeFileSync(place(TARGET), 'mine');
      return () => readFileSync(place(TARGET), 'utf8');
    },
    'an empty file': () => {
      writeFileSync(place(TARGET), '');
      return () => readFileSync(place(TARGET), 'utf8');
    },
    'a link to a file outside': () => {
      symlinkSync(join(outside, 'secret.txt'), place(TARGET));
      return () => [readlinkSync(place(TARGET)), readFileSync(join(outside, 'secret.txt'), 'utf8')];
    },
    'a link to nothing': () => {
      symlinkSync(join(outside, 'new.txt'), place(TARGET));
      return () => [readlinkSync(place(TARGET)), readdirSync(outside)];
    },
    'a hard link to a file outside': () => {
      linkSync(join(outside, 'secret.txt'), place(TARGET));
      return () => readFileSync(join(outside, 'secret.txt'), 'utf8');
    },
    'a folder': () => {
      mkdirSync(place(TARGET));
      return () => readdirSync(place(TARGET));
    },
    'a FIFO': () => {
      spawnSync('mkfifo', [place(TARGET)]);
      return () => lstatSync(place(TARGET)).isFIFO();
    },
    'a name that differs in case alone': () => {
      writeFileSync(place(TARGET.toUpperCase().replace('INDAFOTO_ARCHIVE/ANNA', `${PHOTOS}/Anna`)), 'mine');
      return () => readdirSync(place(`${PHOTOS}/Anna/0`)).includes(name.toUpperCase());
    },
  };

  test.each(Object.keys(obstacles))('%s stays as it is, and the file goes beside it', async (what) => {
    parent(`${PHOTOS}/Anna/0`);
    const look = obstacles[what]!();
    const before = look();
    const { status } = await receiver.apply(bundle);
    expect(status).toBe(EXIT.whole);
    expect(look()).toEqual(before);
    expect(receiver.landed()).toMatchObject({ digests, wrong: [], integrity: 'ok' });
  });
});
