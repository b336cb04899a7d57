/**
 * How long catalogues and comparisons of large archives take, and how much memory, beside sqlite3's
 * own time for the join that comes nearest.
 *
 *   npm run build && npx tsc -p tsconfig.bench.json && node dist-bench/bench/catalog.js [images] [--files]
 *
 * With --files every image has a (sparse) file, so that sizes are looked up, as in a real archive.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';

type Library = typeof import('../src/index.ts');

const IMAGES_PER_AUTHOR = 40;
const SHARED = 0.6;

/** Numbers that look random and are the same every time. */
function dice(seed: number): (below: number) => number {
  const digest = createHash('sha256').update(`dice ${seed}`).digest();
  let at = 0;
  return (below) => {
    at += 4;
    return Math.floor((digest.readUInt32LE(at % 28) / 2 ** 32) * below);
  };
}

const hex = (text: string, length: number) => createHash('md5').update(text).digest('hex').slice(0, length);

/** The first and the second archive share most of their pictures. */
function makeArchive(folder: string, images: number, first: number, withFiles: boolean): string {
  mkdirSync(folder, { recursive: true });
  const db = new Database(join(folder, 'indafoto.db'));
  db.pragma('synchronous = OFF');
  db.exec(`CREATE TABLE images (id INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT UNIQUE, url TEXT, local_path TEXT, sha256_hash TEXT,
             title TEXT, author TEXT, page_url TEXT);
           CREATE INDEX idx_images_url ON images(url)`);
  const insert = db.prepare(
    'INSERT INTO images (url, local_path, sha256_hash, title, author, page_url) VALUES (?, ?, ?, ?, ?, ?)',
  );
  db.exec('BEGIN');
  for (let at = first; at < first + images; at += 1) insert.run(...imageRow(folder, at, withFiles));
  db.exec('COMMIT');
  db.close();
  return join(folder, 'indafoto.db');
}

function imageRow(folder: string, at: number, withFile: boolean): string[] {
  const roll = dice(at);
  const site = 1_000_000 + at * 37 + roll(37);
  const author = Math.floor(at / IMAGES_PER_AUTHOR);
  const size = ['l', 'xl', 'xxl'][roll(3)]!;
  const url = `https://img${roll(9)}.indafoto.hu/5/7/${10_000 + author}_${hex(`a${author}`, 32)}/${site}_${hex(`i${at}`, 32)}_${size}.jpg`;
  const localPath = `indafoto_archive/szerző ${author}/0/image_${10_000 + author}_${at}.jpg`;
  if (withFile) makeFile(join(folder, localPath), 40_000 + roll(1000) * roll(3000));
  const digest = createHash('sha256').update(`picture ${at}`).digest('hex');
  return [
    url,
    localPath,
    digest,
    `Kép ${at}`,
    `szerző ${author}`,
    `https://indafoto.hu/u${author}/image/${site}-${hex(`p${at}`, 8)}`,
  ];
}

function makeFile(path: string, size: number): void {
  mkdirSync(resolve(path, '..'), { recursive: true });
  const file = openSync(path, 'w');
  ftruncateSync(file, size);
  closeSync(file);
}

interface Measured {
  readonly seconds: number;
  readonly mebibytes: number;
}

/** Runs one step in a process of its own, so that its memory is its own. */
function measure(...args: string[]): Measured {
  const { stdout, stderr, status } = spawnSync(process.execPath, [process.argv[1]!, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured;
}

async function step(name: string, args: readonly string[]): Promise<void> {
  const library = (await import(pathToFileURL(resolve('dist/index.js')).href)) as Library;
  const [db, second] = args as [string, string];
  const started = performance.now();
  if (name === 'catalog') await library.writeCatalog({ db, output: second, force: true });
  else
    await library.analyze({
      db,
      remotes: [second],
      dryRun: name === 'analyze-dry',
      output: join(db, '..', 'a.indarequest'),
      force: true,
    });
  const seconds = (performance.now() - started) / 1000;
  console.log(JSON.stringify({ seconds, mebibytes: process.resourceUsage().maxRSS / 1024 }));
}

/** What sqlite3 itself takes to find by address and by digest what the first lacks. */
function sqliteJoin(first: string, second: string): number {
  const sql = `ATTACH '${second}' AS other;
    SELECT count(*) FROM other.images theirs LEFT JOIN main.images ours ON ours.url = theirs.url WHERE ours.id IS NULL;
    SELECT count(*) FROM other.images WHERE lower(sha256_hash) NOT IN (SELECT lower(sha256_hash) FROM main.images);
    SELECT count(*) FROM main.images ours LEFT JOIN other.images theirs ON ours.url = theirs.url WHERE theirs.id IS NULL;`;
  const started = performance.now();
  const { status, error } = spawnSync('sqlite3', [first, sql], { encoding: 'utf8' });
  return error || status !== 0 ? Number.NaN : (performance.now() - started) / 1000;
}

function run(images: number, withFiles: boolean): void {
  const folder = mkdtempSync(join(tmpdir(), 'indabundle-bench-'));
  try {
    const ours = makeArchive(join(folder, 'ours'), images, 0, withFiles);
    const theirs = makeArchive(join(folder, 'theirs'), images, Math.floor(images * (1 - SHARED)), withFiles);
    const catalog = join(folder, 'theirs.indacatalog');
    const rows: [string, Measured][] = [['catalog', measure('catalog', theirs, catalog)]];
    rows.push(['analyze, catalogue, dry run', measure('analyze-dry', ours, catalog)]);
    rows.push(['analyze, database, dry run', measure('analyze-dry', ours, theirs)]);
    rows.push(['analyze, catalogue, list and request', measure('analyze', ours, catalog)]);
    console.log(
      `${images} images on each side, ${SHARED * 100}% shared, ${withFiles ? 'with' : 'without'} files`,
    );
    for (const [name, { seconds, mebibytes }] of rows)
      console.log(
        `${name.padEnd(40)} ${seconds.toFixed(1).padStart(6)} s ${mebibytes.toFixed(0).padStart(5)} MiB`,
      );
    console.log(
      `${'sqlite3, the same question as joins'.padEnd(40)} ${sqliteJoin(ours, theirs).toFixed(1).padStart(6)} s`,
    );
    console.log(
      `catalogue: ${(statSync(catalog).size / images).toFixed(1)} bytes an image; request: ${(statSync(join(folder, 'ours', 'a.indarequest')).size / 2 ** 20).toFixed(1)} MiB`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [name = '500000', ...args] = process.argv.slice(2).filter((argument) => argument !== '--files');
if (/^\d+$/.test(name)) run(Number(name), process.argv.includes('--files'));
else await step(name, args);
