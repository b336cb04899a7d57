/** The archives that are measured, made once and kept. */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { authorFolder, downloadTime, PHOTO_FOLDER, sha256 } from '../../fixtures/photo-folder.ts';
import * as site from '../../fixtures/site-values.ts';
import { type BenchOptions, type CorpusName, projectFolder } from '../options.ts';
import { ArchiveRows } from './archive-rows.ts';
import { cutJpeg, type JpegPool } from './jpeg-pool.ts';
import { findPictures } from './photographs.ts';
import { openPool, type PoolKind } from './pools.ts';
import { Random } from './random.ts';

interface Recipe {
  readonly about: string;
  readonly files: number;
  readonly pool: PoolKind;
  /** Bytes of a file, from and to. */
  readonly sizes: readonly [number, number];
}

export const RECIPES: Readonly<Record<CorpusName, Recipe>> = {
  M: { about: 'photographs of 0.5 to 5 MB', files: 500, pool: 'large', sizes: [500_000, 5_000_000] },
  S: { about: 'small pictures of 2 to 20 KB', files: 100_000, pool: 'small', sizes: [2_000, 20_000] },
  R: { about: 'records with tiny files', files: 1_000_000, pool: 'small', sizes: [700, 1_000] },
};

const FILES_PER_FOLDER = 1_000;
const FILES_PER_AUTHOR = 500;

export interface Corpus {
  readonly name: CorpusName;
  /** Holds `indafoto.db` and `indafoto_archive/`; never written to once made. */
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** What the pictures come from. */
  readonly pictures: string;
}

export function corpusOf(name: CorpusName, options: BenchOptions): Corpus {
  return openCorpus(name, Math.max(4, Math.round(RECIPES[name].files * options.scale[name])), options);
}

/** Opens the corpus of so many files, and makes it first where the cache lacks it. */
export function openCorpus(name: CorpusName, files: number, options: BenchOptions): Corpus {
  const folder = path.join(options.cache, `${name}-${files}-${options.pictures}`);
  const mark = path.join(folder, 'corpus.json');
  if (!existsSync(mark)) {
    rmSync(folder, { recursive: true, force: true });
    const made = makeCorpus(name, files, folder, options);
    writeFileSync(`${mark}.part`, JSON.stringify(made));
    renameSync(`${mark}.part`, mark);
  }
  return { ...(JSON.parse(readFileSync(mark, 'utf8')) as Corpus), folder };
}

function makeCorpus(name: CorpusName, files: number, folder: string, options: BenchOptions): Corpus {
  const recipe = RECIPES[name];
  const source = findPictures(options.pictures, projectFolder());
  const pool = openPool(options.cache, recipe.pool, files * recipe.sizes[0] * 4, source);
  mkdirSync(folder, { recursive: true });
  const rows = new ArchiveRows(path.join(folder, 'indafoto.db'), files);
  const random = new Random(name.charCodeAt(0));
  let bytes = 0;
  for (let id = 1; id <= files; id += 1) bytes += addPhoto(id, { recipe, pool, random, folder, rows, files });
  rows.close();
  return { name, folder, files, bytes, pictures: source.about };
}

interface Making {
  readonly recipe: Recipe;
  readonly pool: JpegPool;
  readonly random: Random;
  readonly folder: string;
  readonly rows: ArchiveRows;
  readonly files: number;
}

/** Authors take turns, as the crawler meets them: the order of the rows is not that of the folders. */
function addPhoto(id: number, { recipe, pool, random, folder, rows, files }: Making): number {
  const authors = Math.max(1, Math.ceil(files / FILES_PER_AUTHOR));
  const number = id % authors;
  const author = `${site.pick(site.AUTHORS, number)} ${number}`;
  const inAuthor = Math.floor((id - 1) / authors);
  const name = `image_${site.uploaderNumber(author)}_${downloadTime(id)}.jpg`;
  const where = path.posix.join(
    PHOTO_FOLDER,
    authorFolder(author),
    String(Math.floor(inAuthor / FILES_PER_FOLDER)),
  );
  if (inAuthor % FILES_PER_FOLDER === 0) mkdirSync(path.join(folder, where), { recursive: true });
  const file = cutJpeg(pool, random, random.sizeBetween(...recipe.sizes));
  const localPath = `${where}/${name}`;
  writeFileSync(path.join(folder, localPath), file);
  rows.add({ id, author, localPath, digest: sha256(file) });
  return file.length;
}
