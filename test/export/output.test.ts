import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { buildArchive, type BuiltArchive } from '../../fixtures/archive-builder.ts';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { SCHEMA_NAMES } from '../../fixtures/archive-schemas.ts';
import { hardArchive } from '../../fixtures/hard-values.ts';
import { type Event, verifyBundle } from '../../src/index.ts';
import { titlesIn } from '../support/bundle-contents.ts';
import { changeDatabase, databaseDump } from '../support/database-dump.ts';
import { exportAll } from '../support/exchange.ts';
import { protect, runAsNobody, unprotect } from '../support/protected-run.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const FIXED = { exportId: 'f00d', created: '2026-03-14T10:15:00Z' };

function sender(name = 'sender'): BuiltArchive {
  return buildArchive(folder(name), {
    schema: 'today-without-wal',
    images: [{ title: 'a' }, { title: 'b' }],
  });
}

/** Names, contents and times of everything in a folder. */
function everything(dir: string): unknown[] {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' });
  const times = names.toSorted().map((name) => {
    const { mtimeMs, ctimeMs, mode } = statSync(join(dir, name));
    return [name, mtimeMs, ctimeMs, mode];
  });
  return [times, [...fileTree(dir)]];
}

/** SQLite's own, beside a WAL database that was only read: an empty log, and an index of it. */
function removeWhatReadingLeaves({ databasePath }: BuiltArchive): void {
  expect(statSync(`${databasePath}-wal`).size).toBe(0);
  for (const suffix of ['-wal', '-shm']) rmSync(databasePath + suffix);
}

describe('a dry run', () => {
  test.each(SCHEMA_NAMES)('changes nothing, and says what would be packed: %s', async (schema) => {
    const archive = buildArchive(folder('sender'), { schema, ...hardArchive() });
    const output = join(folder('out'), 'trip.indabundle');
    const before = everything(archive.dir);
    const notices: string[] = [];
    const observer = (event: Event) => event.type === 'notice' && notices.push(event.notice);
    const planned = await exportAll(archive, output, { dryRun: true, observer });
    if (notices.includes('wal-files-left')) removeWhatReadingLeaves(archive);
    expect(everything(archive.dir)).toEqual(before);
    expect(readdirSync(folder('out'))).toEqual([]);
    const real = await exportAll(archive, output);
    expect(planned).toMatchObject({ dryRun: true, path: null, bundleId: '', records: real.records });
    expect(planned.bundleBytes).toBeGreaterThanOrEqual(statSync(output).size);
    expect(planned.bundleBytes).toBeLessThan(statSync(output).size + 300_000);
  });

  test('needs no output, and minds none that exists', async () => {
    const archive = sender();
    const output = join(folder(), 'trip.indabundle');
    writeFileSync(output, 'mine');
    expect(await exportAll(archive, output, { dryRun: true })).toMatchObject({ records: 2 });
    expect(readFileSync(output, 'utf8')).toBe('mine');
  });
});

describe('the output', () => {
  test('is never overwritten without --force', async () => {
    const archive = sender();
    const output = join(folder(), 'trip.indabundle');
    writeFileSync(output, 'mine');
    const dump = databaseDump(archive.dir);
    await expect(exportAll(archive, output)).rejects.toMatchObject({ code: 'output-exists' });
    expect(readFileSync(output, 'utf8')).toBe('mine');
    expect(databaseDump(archive.dir)).toEqual(dump);
    await exportAll(archive, output, { force: true });
    expect(await titlesIn(output)).toEqual(['a', 'b']);
  });

  test('leaves nothing beside the database', async () => {
    const archive = buildArchive(folder('sender'), { schema: 'today', images: [{}] });
    await exportAll(archive, join(folder(), 'trip.indabundle'));
    expect(readdirSync(archive.dir).sort()).toEqual(['indafoto.db', 'indafoto_archive']);
  });

  test('is alone in its folder when it is whole', async () => {
    const output = join(folder('out'), 'trip.indabundle');
    await exportAll(sender(), output);
    expect(readdirSync(folder('out'))).toEqual(['trip.indabundle']);
  });

  test.each([
    ['a folder', (dir: string) => dir, 'option-value'],
    ['in a folder that is not there', (dir: string) => join(dir, 'nincs', 'a.indabundle'), 'option-value'],
    [
      'below a file',
      (_: string, archive: BuiltArchive) => join(archive.databasePath, 'in', 'a.indabundle'),
      'option-value',
    ],
    ['the database itself', (_: string, archive: BuiltArchive) => archive.databasePath, 'output-is-input'],
  ])('cannot be %s', async (_, path, code) => {
    const archive = sender();
    const before = fileTree(archive.dir);
    const options = { force: true };
    await expect(exportAll(archive, path(folder('out'), archive), options)).rejects.toMatchObject({ code });
    expect(fileTree(archive.dir)).toEqual(before);
    expect(readdirSync(folder('out'))).toEqual([]);
  });

  test('never appears when the export is stopped', async () => {
    const output = join(folder('out'), 'trip.indabundle');
    const stop = new AbortController();
    const running = exportAll(sender(), output, {
      signal: stop.signal,
      observer: (event) => event.type === 'phase' && event.phase === 'pack' && stop.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    expect(existsSync(output)).toBe(false);
    await exportAll(sender('again'), output);
    expect(readdirSync(folder('out'))).toEqual(['trip.indabundle']);
  });

  test('is not begun when the export is stopped while it is planned', async () => {
    const archive = sender();
    changeDatabase(
      archive.dir,
      `WITH n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 8000)
       INSERT INTO images (url, title, local_path, sha256_hash)
       SELECT 'https://example.org/' || n, 'Kép', local_path, sha256_hash FROM n JOIN (SELECT * FROM images WHERE local_path IS NOT NULL LIMIT 1)`,
    );
    const stop = new AbortController();
    const phases: string[] = [];
    const observer = (event: Event) => {
      if (event.type === 'phase') phases.push(event.phase);
      // Somebody outside, such as a signal or a timer: heard only where the event loop has its turn.
      if (event.type === 'progress' && event.done > 8000) setTimeout(() => stop.abort(), 1);
    };
    const running = exportAll(archive, join(folder('out'), 'trip.indabundle'), {
      signal: stop.signal,
      observer,
    });
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    expect(phases.at(-1)).toBe('plan');
  });

  test('may be a stream, and has the same bytes as the file', async () => {
    const archive = sender();
    const output = join(folder(), 'trip.indabundle');
    await exportAll(archive, output, FIXED);
    const stream = new PassThrough();
    const [result, bytes] = await Promise.all([
      exportAll(archive, output, { ...FIXED, output: stream }),
      buffer(stream),
    ]);
    expect(bytes.equals(readFileSync(output))).toBe(true);
    expect(result).toMatchObject({ path: null, bundleBytes: bytes.length });
  });
});

describe('the same selection', () => {
  test('gives the same bytes when id and time are fixed', async () => {
    const archive = buildArchive(folder('sender'), { schema: 'today', ...hardArchive() });
    const paths = ['1', '2'].map((name) => join(folder(), name));
    for (const path of paths) await exportAll(archive, path, FIXED);
    const [one, two] = paths.map((path) => readFileSync(path));
    expect(one!.equals(two!)).toBe(true);
  });

  test('gives the same bytes from a copy of the archive elsewhere, and with one thread', async () => {
    const archive = sender();
    const copy = join(folder(), 'másolat');
    cpSync(archive.dir, copy, { recursive: true, preserveTimestamps: true });
    await exportAll(archive, join(folder(), '1'), FIXED);
    await exportAll({ ...archive, databasePath: join(copy, 'indafoto.db') }, join(folder(), '2'), {
      ...FIXED,
      threads: 1,
    });
    expect(readFileSync(join(folder(), '1')).equals(readFileSync(join(folder(), '2')))).toBe(true);
  });

  test('differs in name and time when they are not', async () => {
    const archive = sender();
    const results = [];
    for (const name of ['1', '2']) results.push(await exportAll(archive, join(folder(), name)));
    expect(results[0]!.exportId).not.toBe(results[1]!.exportId);
  });

  test('never names a place on the sender’s disk', async () => {
    const archive = sender('a very private place');
    const output = join(folder(), 'trip.indabundle');
    await exportAll(archive, output, { level: 1 });
    const { manifest } = await verifyBundle({ input: output });
    expect(JSON.stringify(manifest)).not.toContain('private place');
  });
});

test.skipIf(process.platform === 'win32').each(['today', 'today-without-wal'] as const)(
  'an archive on a write-protected disk is exported, and the missing books are said: %s',
  (schema) => {
    const archive = buildArchive(folder('sender'), { schema, images: [{}, {}] });
    chmodSync(folder(), 0o755);
    const out = folder('out');
    chmodSync(out, 0o777);
    mkdirSync(join(out, 'x'));
    const before = fileTree(archive.dir);
    protect(archive.dir);
    const output = join(out, 'trip.indabundle');
    const { status, out: text } = runAsNobody([
      'export',
      '--db',
      archive.databasePath,
      '--all',
      '-o',
      output,
      '--lang',
      'en',
    ]);
    unprotect(archive.dir);
    expect(text).toMatch(/write-protected/);
    expect(status).toBe(0);
    expect(fileTree(archive.dir)).toEqual(before);
    expect(existsSync(output)).toBe(true);
  },
);

test.each([
  [undefined, false],
  [3, false],
  [4, true],
  [19, true],
])('--level %s is said to be slow: %s', async (level, isSaid) => {
  const notices: string[] = [];
  const observer = (event: Event) => event.type === 'notice' && notices.push(event.notice);
  const output = join(folder(), 'level.indabundle');
  await exportAll(sender(), output, { observer, ...(level === undefined ? {} : { level }) });
  expect(notices.includes('level-slow')).toBe(isSaid);
  expect((await verifyBundle({ input: output })).verdict).toBe('whole');
});
