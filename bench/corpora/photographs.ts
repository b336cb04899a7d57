/** The pictures that the pools are made of: photographs that are installed, or the project's own. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jpeg } from '../../fixtures/jpeg-files.ts';
import { hasProgram } from '../programs.ts';
import type { Random } from './random.ts';

/** Where Debian's packages of wallpapers put their pictures. */
const FOLDERS = ['/usr/share/backgrounds', '/usr/share/wallpapers', '/usr/share/lxqt/wallpapers'];
const LEAST_BYTES = 300_000;
const LARGE_WIDTH = 2_400;

export interface PictureSource {
  readonly about: string;
  readonly files: readonly string[];
  readonly drawn: boolean;
}

export function findPictures(choice: 'system' | 'own', project: string): PictureSource {
  const files = choice === 'system' && hasProgram('convert') ? installedPictures() : [];
  if (files.length >= 8) {
    return { about: `${files.length} installed wallpapers, re-encoded by ImageMagick`, files, drawn: false };
  }
  const folder = path.join(project, 'fixtures/pictures');
  const own = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  const about = `${own.length} drawn pictures of the project, re-encoded by jpeg-js`;
  return { about, files: own.map((name) => path.join(folder, name)), drawn: true };
}

/** The largest picture of each folder that holds sizes of one; elsewhere all of them. */
function installedPictures(): string[] {
  const found = FOLDERS.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(jpe?g|png|webp)$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  const sized = found.map((file) => ({ file, size: statSync(file).size }));
  const largestFirst = sized.toSorted((one, other) => other.size - one.size);
  const seen = new Set<string>();
  return largestFirst
    .filter(({ file, size }) => size >= LEAST_BYTES && isFirstOfItsSizes(file, seen))
    .map(({ file }) => file);
}

function isFirstOfItsSizes(file: string, seen: Set<string>): boolean {
  if (!/\/\d+x\d+\.\w+$/.test(file)) return true;
  const folder = path.dirname(file);
  if (seen.has(folder)) return false;
  seen.add(folder);
  return true;
}

/** Writes a large picture: a random part of one, scaled, perhaps mirrored, with a little noise. */
export function reencode(source: PictureSource, random: Random, target: string): void {
  mkdirSync(path.dirname(target), { recursive: true });
  if (source.drawn) return reencodeOwn(random.pick(source.files), random, target);
  const share = random.between(60, 95);
  execFileSync(
    'convert',
    [
      ...['-limit', 'thread', '1', `${random.pick(source.files)}[0]`],
      ...['-gravity', random.pick(['NorthWest', 'North', 'Center', 'South', 'SouthEast'])],
      ...['-crop', `${share}%x${share}%+0+0`, '+repage', '-resize', `${LARGE_WIDTH}x`],
      ...(random.next() < 0.5 ? ['-flop'] : []),
      ...['-attenuate', '0.25', '+noise', 'Gaussian', '-background', 'white', '-alpha', 'remove'],
      ...['-strip', '-interlace', 'none', '-quality', String(random.between(82, 94)), `jpeg:${target}`],
    ],
    { timeout: 120_000 },
  );
}

function reencodeOwn(file: string, random: Random, target: string): void {
  const picture = jpeg.decode(readFileSync(file), { useTArray: true });
  const mirrored = random.next() < 0.5;
  const { width, height, data } = picture;
  const noisy = Buffer.alloc(data.length, 255);
  for (let at = 0; at < data.length; at += 1) {
    if (at % 4 === 3) continue;
    const pixel = at >> 2;
    const column = pixel % width;
    const from = mirrored ? (pixel - column + width - 1 - column) * 4 + (at % 4) : at;
    noisy[at] = Math.max(0, Math.min(255, (data[from] ?? 0) + random.between(-5, 5)));
  }
  writeFileSync(target, jpeg.encode({ data: noisy, width, height }, random.between(82, 94)).data);
}

/** Cuts a large picture into small ones; `target` holds `%04d` for their number. */
export function cutIntoTiles(source: PictureSource, large: string, random: Random, target: string): void {
  mkdirSync(path.dirname(target), { recursive: true });
  const quality = random.between(68, 92);
  if (source.drawn) return tilesOfOwn(large, quality, target);
  const size = random.pick(['160x120', '200x150', '240x180']);
  const args = [large, '-crop', size, '+repage', '-strip', '-interlace', 'none', '-quality', String(quality)];
  execFileSync('convert', ['-limit', 'thread', '1', ...args, `jpeg:${target}`], { timeout: 120_000 });
}

function tilesOfOwn(large: string, quality: number, target: string): void {
  const { width, height, data } = jpeg.decode(readFileSync(large), { useTArray: true });
  const [tileWidth, tileHeight] = [160, 120];
  let number = 0;
  for (let top = 0; top + tileHeight <= height; top += tileHeight) {
    for (let left = 0; left + tileWidth <= width; left += tileWidth) {
      const tile = Buffer.alloc(tileWidth * tileHeight * 4);
      for (let row = 0; row < tileHeight; row += 1) {
        const from = ((top + row) * width + left) * 4;
        tile.set(data.subarray(from, from + tileWidth * 4), row * tileWidth * 4);
      }
      const file = target.replace('%04d', String(number).padStart(4, '0'));
      writeFileSync(file, jpeg.encode({ data: tile, width: tileWidth, height: tileHeight }, quality).data);
      number += 1;
    }
  }
}
