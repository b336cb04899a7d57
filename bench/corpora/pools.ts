/** The two pools of a cache folder, made at the first need. */

import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
const OF_DRAWN: Extent = { most: 300, bytesPerLarge: 100_000 };

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
  for (let number = 0; number < wanted; number += 1) makeLarge(folder, number, source);
  return readPool(firstPictures(path.join(folder, kind), wanted));
}

/** The large picture of a number, and its small ones; a mark says that they are whole. */
function makeLarge(folder: string, number: number, source: PictureSource): void {
  const name = String(number).padStart(3, '0');
  const mark = path.join(folder, `${name}.made`);
  if (existsSync(mark)) return;
  const large = path.join(folder, 'large', `${name}.jpg`);
  mkdirSync(folder, { recursive: true });
  rmSync(large, { force: true });
  const random = new Random(1_000 + number);
  reencode(source, random, large);
  cutIntoTiles(source, large, random, path.join(folder, 'small', `${name}-%04d.jpg`));
  writeFileSync(mark, '');
}

function firstPictures(folder: string, wanted: number): string[] {
  return readdirSync(folder)
    .filter((name) => Number.parseInt(name, 10) < wanted)
    .toSorted()
    .map((name) => path.join(folder, name));
}
