/** The two pools of a cache folder, made at the first need. */

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type JpegPool, readPool } from './jpeg-pool.ts';
import { cutIntoTiles, type PictureSource, reencode } from './photographs.ts';
import { Random } from './random.ts';

interface Extent {
  /** Enough pictures that two files near each other hardly ever hold the same piece. */
  readonly most: number;
  /** A corpus of so many bytes is worth one more large picture in the pool. */
  readonly bytesPerLarge: number;
}

const OF_PHOTOGRAPHS: Extent = { most: 40, bytesPerLarge: 4_000_000 };
/** Drawn pictures are small ones, so that it takes more of them. */
const OF_DRAWN: Extent = { most: 300, bytesPerLarge: 400_000 };

export type PoolKind = 'large' | 'small';

/** The pool for a corpus of a size; more large pictures are made when it lacks some. */
export function openPool(
  cache: string,
  kind: PoolKind,
  corpusBytes: number,
  source: PictureSource,
): JpegPool {
  const folder = path.join(cache, source.drawn ? 'pool-drawn' : 'pool-photographs');
  const { most, bytesPerLarge } = source.drawn ? OF_DRAWN : OF_PHOTOGRAPHS;
  const wanted = Math.max(2, Math.min(most, Math.ceil(corpusBytes / bytesPerLarge)));
  for (let number = 0; number < wanted; number += 1) {
    const name = String(number).padStart(3, '0');
    const random = new Random(1_000 + number);
    const large = path.join(folder, 'large', `${name}.jpg`);
    once(`${large}.made`, () => reencode(source, random, large));
    if (kind === 'large') continue;
    const tiles = path.join(folder, 'small', `${name}-%04d.jpg`);
    once(`${tiles}.made`, () => cutIntoTiles(source, large, random, tiles));
  }
  return readPool(firstPictures(path.join(folder, kind), wanted));
}

/** A mark says that what was made is whole. */
function once(mark: string, make: () => void): void {
  if (existsSync(mark)) return;
  make();
  writeFileSync(mark, '');
}

function firstPictures(folder: string, wanted: number): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jpg') && Number.parseInt(name, 10) < wanted)
    .toSorted()
    .map((name) => path.join(folder, name));
}
