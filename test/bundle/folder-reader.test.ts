import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FindingList } from '../../src/base/findings.ts';
import { EntryDamaged, readWhole } from '../../src/bundle/entry.ts';
import { FolderReader } from '../../src/bundle/folder-reader.ts';
import { inFolder, lacks, run } from './programs.ts';
import { bundleOf, digestsOf, noise, photo, readAll, text } from './sample-bundle.ts';

const photos = [photo(noise(3_000_000, 1)), photo(noise(0)), photo(noise(700, 2))];
const head = [text('manifest.json', '{}'), text('README.txt', 'x'), text('records/00001.jsonl', '{}\n')];
const tail = [text('index.jsonl', '{}\n'), text('SHA256SUMS', 'x'), text('end.json', '{}\n')];
const parts = [...head, ...photos, ...tail];

function unpack(folder: string): void {
  for (const { name, content } of parts) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

async function read(folder: string) {
  const findings = new FindingList();
  const strays: string[] = [];
  const reader = new FolderReader(folder, findings, (name) => strays.push(name));
  const whole: Record<string, string> = {};
  const damaged: string[] = [];
  for await (const entry of reader.entries()) {
    const hash = createHash('sha256');
    try {
      for await (const piece of entry.pieces()) hash.update(piece);
      whole[entry.name] = hash.digest('hex');
    } catch (error) {
      if (!(error instanceof EntryDamaged)) throw error;
      damaged.push(entry.name);
    }
  }
  await reader.close();
  const codes = findings.listed.map((finding) => finding.code);
  return { whole, names: Object.keys(whole), damaged, strays: strays.sort(), codes, ended: reader.ended };
}

test('an unpacked bundle gives what the packed one gave', async () => {
  await inFolder(async (folder) => {
    unpack(folder);
    const reading = await read(folder);
    const payload = photos.map(({ name }) => name).sort();
    const expected = [...head.map(({ name }) => name), ...payload, ...tail.map(({ name }) => name)];
    expect(reading.names).toEqual(expected);
    expect(reading.whole).toEqual(digestsOf(parts));
    expect(reading).toMatchObject({ strays: [], codes: [], ended: true });
  });
});

test(`unpacked by tar itself${lacks('tar') || lacks('zstd')}`, async ({ skip }) => {
  if (lacks('tar') || lacks('zstd')) skip();
  await inFolder(async (folder) => {
    const file = join(folder, 'trip.tar.zst');
    const bundle = await bundleOf([...head, ...photos, ...tail.slice(0, 2)], tail[2]!.content.toString());
    writeFileSync(file, bundle);
    mkdirSync(join(folder, 'out'));
    run('tar', ['--zstd', '-xf', file, '-C', join(folder, 'out')]);
    expect((await read(join(folder, 'out'))).whole).toEqual((await readAll(bundle)).whole);
  });
});

describe('strangers in the folder', () => {
  test('are named and ignored', async () => {
    await inFolder(async (folder) => {
      unpack(folder);
      for (const name of ['Thumbs.db', '.DS_Store', 'readme.txt', 'records/desktop.ini', 'files/Thumbs.db']) {
        writeFileSync(join(folder, name), 'x');
      }
      mkdirSync(join(folder, 'other'));
      mkdirSync(join(folder, 'files', 'zz'));
      writeFileSync(join(folder, 'files', 'zz', 'kép.jpg'), 'x');
      writeFileSync(join(folder, photos[2]!.name, '..', 'Thumbs.db'), 'x');
      const reading = await read(folder);
      expect(reading.whole).toEqual(digestsOf(parts));
      const beside = `${photos[2]!.name.slice(0, 9)}Thumbs.db`;
      const named = ['.DS_Store', 'Thumbs.db', beside, 'files/Thumbs.db', 'files/zz/kép.jpg', 'other'];
      expect(reading.strays).toEqual([...named, 'readme.txt', 'records/desktop.ini'].sort());
      expect(reading.codes).toEqual([]);
    });
  });

  test.skipIf(process.platform === 'win32')('links are not followed, to files or to folders', async () => {
    await inFolder(async (folder) => {
      const outside = join(folder, 'outside');
      const inside = join(folder, 'inside');
      mkdirSync(join(outside, 'records'), { recursive: true });
      mkdirSync(inside);
      unpack(inside);
      writeFileSync(join(outside, 'secret'), 'secret');
      writeFileSync(join(outside, 'records', '00001.jsonl'), 'secret');
      rmSync(join(inside, 'README.txt'));
      symlinkSync(join(outside, 'secret'), join(inside, 'README.txt'));
      rmSync(join(inside, 'records'), { recursive: true });
      symlinkSync(join(outside, 'records'), join(inside, 'records'));
      symlinkSync(join(outside, 'records'), join(inside, 'files', 'ab0'));
      const reading = await read(inside);
      const { 'README.txt': _, 'records/00001.jsonl': __, ...expected } = digestsOf(parts);
      expect(reading.whole).toEqual(expected);
      expect(reading.strays).toEqual(['README.txt', 'files/ab0', 'records']);
    });
  });

  test('a file where a folder should be, a folder where a file should be', async () => {
    await inFolder(async (folder) => {
      unpack(folder);
      rmSync(join(folder, 'files'), { recursive: true });
      writeFileSync(join(folder, 'files'), 'x');
      rmSync(join(folder, 'SHA256SUMS'));
      mkdirSync(join(folder, 'SHA256SUMS'));
      const reading = await read(folder);
      expect(reading.names).toEqual([...head, tail[0]!, tail[2]!].map(({ name }) => name));
      expect(reading.strays).toEqual(['SHA256SUMS', 'files']);
    });
  });
});

describe('what is missing', () => {
  test('without end.json the folder is truncated', async () => {
    await inFolder(async (folder) => {
      unpack(folder);
      rmSync(join(folder, 'end.json'));
      expect(await read(folder)).toMatchObject({ codes: ['truncated'], ended: false });
    });
  });

  test('an empty folder gives nothing', async () => {
    await inFolder(async (folder) => {
      expect(await read(folder)).toMatchObject({ names: [], strays: [], codes: ['truncated'], ended: false });
    });
  });

  test('a file that shrinks while it is read is damaged, and the next is read', async () => {
    await inFolder(async (folder) => {
      unpack(folder);
      const findings = new FindingList();
      const reader = new FolderReader(folder, findings, () => {});
      const seen: string[] = [];
      const failures: unknown[] = [];
      for await (const entry of reader.entries()) {
        seen.push(entry.name);
        if (entry.name !== 'README.txt') continue;
        truncateSync(join(folder, 'README.txt'), 0);
        failures.push(await readWhole(entry, 100).catch((error: unknown) => error));
      }
      expect(seen).toHaveLength(parts.length);
      expect(failures).toEqual([new EntryDamaged('README.txt')]);
      expect(findings.listed).toMatchObject([{ code: 'truncated', where: { entry: 'README.txt' } }]);
    });
  });

  test('an entry above the limit that the caller sets is not read', async () => {
    await inFolder(async (folder) => {
      unpack(folder);
      for await (const entry of new FolderReader(folder, new FindingList(), () => {}).entries()) {
        const content = await readWhole(entry, 5);
        expect(content?.length ?? 'too large').toBe(entry.size > 5 ? 'too large' : entry.size);
      }
    });
  });
});
