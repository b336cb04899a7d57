import { copyFileSync, createReadStream, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileTree } from '../../fixtures/archive-reader.ts';
import { hardArchive } from '../../fixtures/hard-values.ts';
import { uniqueJpeg } from '../../fixtures/jpeg-files.ts';
import { inspectBundle, verifyBundle } from '../../src/index.ts';
import { indexOf } from '../support/bundle-contents.ts';
import { dumpWithoutBooks } from '../support/database-dump.ts';
import { exchange, type Exchange } from '../support/exchange.ts';
import { missing, run, why } from '../support/real-programs.ts';
import { makeScratch, scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

const shared = makeScratch();
let bundle = '';

/** Hard values, and a file that takes more than a frame. */
beforeAll(async () => {
  const { images, ...more } = hardArchive();
  const large = { file: uniqueJpeg('large', 16 * 1024 * 1024 + 1) };
  const trip = exchange(shared(), { ...more, images: [...images, large] }, { images: [] });
  await trip.export();
  bundle = trip.bundle;
});
afterAll(() => rmSync(shared(), { recursive: true }));

const receiver = (name = 'receiver'): Exchange =>
  exchange(folder(name), { images: [] }, { images: [{ siteImageId: 1 }] });

const tools = missing('tar', 'zstd', 'sha256sum');

describe.skipIf(tools.length > 0)(`tar, zstd and sha256sum alone${why(tools)}`, () => {
  test('unpack a bundle and prove all of it', async () => {
    const unpacked = folder('unpacked');
    run('tar', ['--zstd', '-xf', bundle, '-C', unpacked]);
    const checked = run('sha256sum', ['-c', 'SHA256SUMS'], { cwd: unpacked });
    expect(checked).not.toMatch(/FAILED/);
    const files = [...fileTree(unpacked).keys()];
    const proven = checked
      .trim()
      .split('\n')
      .map((line) => line.replace(/: OK$/, ''));
    expect(new Set(files)).toEqual(new Set([...proven, 'SHA256SUMS', 'end.json']));
    const listed = (await indexOf(bundle)).flatMap((line) => ('path' in line ? [line.path] : []));
    expect(files.filter((name) => name.startsWith('files/')).sort()).toEqual(listed.sort());
    expect(readFileSync(join(unpacked, 'README.txt'), 'utf8')).toContain('tar --zstd -xf');
  });

  test('find nothing wrong with it', async () => {
    const named = `${bundle}.tar.zst`;
    copyFileSync(bundle, named);
    expect(run('zstd', ['-t', named])).not.toMatch(/error/i);
    expect(run('zstd', ['-lv', named])).toMatch(/Window Size: (8\.00 MiB|\d+(\.\d+)? [KM]iB|[0-8]\.\d+ MiB)/);
    expect(run('tar', ['--zstd', '-tvf', named])).not.toMatch(/^[^-]/m);
    expect(
      (await verifyBundle({ input: named })).findings.filter(({ gravity }) => gravity !== 'omission'),
    ).toEqual([]);
    expect((await inspectBundle({ input: named })).manifest.totals.records).toBeGreaterThan(70);
  });

  test('give what apply reads: packed, unpacked with strangers in it, or from a pipe', async () => {
    const unpacked = folder('unpacked');
    run('tar', ['--zstd', '-xf', bundle, '-C', unpacked]);
    writeFileSync(join(unpacked, 'Thumbs.db'), 'Windows');
    writeFileSync(join(unpacked, 'files', '.DS_Store'), 'Mac');
    const verified = await verifyBundle({ input: unpacked });
    expect(verified).toMatchObject({ verdict: 'omissions', strays: expect.arrayContaining(['Thumbs.db']) });
    const results = [];
    for (const [name, input] of [
      ['packed', bundle],
      ['unpacked', unpacked],
      ['pipe', createReadStream(bundle)],
    ] as const) {
      const copy = receiver(name);
      const result = await copy.apply({ input, allowTypes: ['any'] });
      expect(copy.violations()).toEqual([]);
      results.push({
        outcomes: result.outcomes,
        dump: dumpWithoutBooks(copy.receiver.dir),
        files: fileTree(copy.receiver.photoFolder),
      });
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  test('an unpacked folder tells what was taken out of it', async () => {
    const unpacked = folder('unpacked');
    run('tar', ['--zstd', '-xf', bundle, '-C', unpacked]);
    const [lost] = (await indexOf(bundle)).flatMap((line) => ('path' in line ? [line] : []));
    rmSync(join(unpacked, lost!.path));
    const { findings, verdict } = await verifyBundle({ input: unpacked });
    expect(verdict).toBe('damaged');
    expect(findings.map(({ code }) => code)).toContain('file-missing');
    const copy = receiver();
    const result = await copy.apply({ input: unpacked, allowTypes: ['any'] });
    expect(result.failures.map(({ reason }) => reason)).toContain('the file is not in the bundle');
    expect([...copy.after().fileDigests.values()]).not.toContain(lost!.digest);
  });
});

const python = missing('python3');

const QUESTIONS = `
import json, os, sqlite3, sys
os.chdir(sys.argv[1])
db = sqlite3.connect('indafoto.db')
rows = db.execute('SELECT id, local_path, title, description, author FROM images').fetchall()
print(json.dumps({
  'integrity': db.execute('PRAGMA integrity_check').fetchone()[0],
  'foreign': len(db.execute('PRAGMA foreign_key_check').fetchall()),
  'rows': len(rows),
  'titles': sorted(row[2] or '' for row in rows),
  'missing': [row[1] for row in rows if not row[1] or not os.path.exists(row[1])],
  'outside': [row[1] for row in rows if row[1] and not os.path.realpath(row[1]).startswith(os.path.realpath('indafoto_archive') + os.sep)],
  'like': [db.execute("SELECT count(*) FROM images WHERE url LIKE ?", ('%1500003%',)).fetchone()[0]],
  'tags': [row[0] for row in db.execute("SELECT name FROM tags ORDER BY name")],
}))
`;

test.skipIf(python.length > 0)(
  `the Python programs go on with the merged archive${why(python)}`,
  async () => {
    const trip = receiver();
    const result = await trip.apply({ input: bundle });
    expect(result.outcomes.failed).toBeGreaterThan(0);
    const answer = JSON.parse(run('python3', ['-c', QUESTIONS, trip.receiver.dir])) as Record<
      string,
      unknown
    >;
    const after = trip.after();
    expect(answer).toMatchObject({
      integrity: 'ok',
      foreign: 0,
      rows: after.images.size,
      missing: [],
      outside: [],
    });
    expect(answer['like']).toEqual([1]);
    expect(answer['titles']).toEqual(
      [...after.images.values()].map((row) => row['title'] ?? '').sort(byCodePoint),
    );
    expect(answer['tags']).toEqual(
      [...after.tags.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  },
);

/** As Python sorts texts. */
function byCodePoint(one: unknown, other: unknown): number {
  const [a, b] = [one, other].map((text) => Array.from(String(text), (letter) => letter.codePointAt(0)!));
  const at = a!.findIndex((code, index) => code !== b![index]);
  return at < 0 ? a!.length - b!.length : at >= b!.length ? 1 : a![at]! - b![at]!;
}
