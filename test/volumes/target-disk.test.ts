import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Event, exportBundle } from '../../src/index.ts';
import { scratchFolder } from '../support/scratch-folder.ts';
import { archiveOf, makeSeries, pictures, volumesIn } from './series.ts';

/** What the file system of the output is made to look like. */
const disk = vi.hoisted(() => ({
  most: Number.POSITIVE_INFINITY,
  windows: false,
  free: Number.MAX_SAFE_INTEGER,
}));

vi.mock('../../src/base/room.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  freeBytes: () => disk.free,
  maxFileBytes: () => disk.most,
  hasWindowsNames: () => disk.windows,
}));

const folder = scratchFolder();
afterEach(() =>
  Object.assign(disk, { most: Number.POSITIVE_INFINITY, windows: false, free: Number.MAX_SAFE_INTEGER }),
);

describe('a disk that holds no large files', () => {
  test('refuses one bundle before the first byte, and takes the series', async () => {
    const archive = archiveOf(folder('sender'), pictures(40));
    disk.most = 400_000;
    const output = join(folder('stick'), 'trip.indabundle');
    const refused = await exportBundle({
      db: archive.databasePath,
      selection: { kind: 'all' },
      output,
    }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'file-too-large',
      hint: expect.stringContaining('--volume-size fat32') as string,
    });
    expect(readdirSync(folder('stick'))).toEqual([]);
    await expect(makeSeries(archive, folder('stick/trip'), 500_000)).rejects.toMatchObject({
      code: 'file-too-large',
    });
    expect(readdirSync(folder('stick/trip'))).toEqual([]);
    await makeSeries(archive, folder('stick/trip'), 400_000);
    expect(volumesIn(folder('stick/trip')).length).toBeGreaterThan(1);
  });

  test('or has no room for all volumes: told before the first byte, and some of them fit', async () => {
    const archive = archiveOf(folder('sender'), pictures(40));
    disk.free = 450_000;
    await expect(makeSeries(archive, folder('trip'), 400_000)).rejects.toMatchObject({ code: 'no-space' });
    expect(readdirSync(folder('trip'))).toEqual([]);
    await makeSeries(archive, folder('trip'), 400_000, { volumes: [2] });
    expect(volumesIn(folder('trip'))).toHaveLength(1);
  });

  test('or knows only the names of Windows', async () => {
    const archive = archiveOf(folder('sender'), pictures(3));
    const selection = { kind: 'all' } as const;
    disk.windows = true;
    for (const name of ['út: 1.indabundle', 'nul.indabundle', 'why?.indabundle']) {
      const output = join(folder('stick'), name);
      await expect(exportBundle({ db: archive.databasePath, selection, output })).rejects.toMatchObject({
        code: 'option-value',
      });
      expect(existsSync(`${output}.lock`)).toBe(false);
    }
    disk.windows = false;
    await exportBundle({
      db: archive.databasePath,
      selection,
      output: join(folder('stick'), 'út: 1.indabundle'),
    });
  });

  test('a folder with a name that not every disk knows gives volumes a safe one', async () => {
    const archive = archiveOf(folder('sender'), pictures(3));
    await makeSeries(archive, folder('a: b?'), 400_000);
    expect(readdirSync(folder('a: b?'))).toEqual(['a_ b_.indabundle']);
  });
});

describe('reading back what was written', () => {
  /** Damages the part file when all of it is written: a stick that lies about what it has. */
  const lyingDisk = (part: string, offset: number) => (event: Event) => {
    if (event.type !== 'phase' || event.phase !== 'check') return;
    const file = openSync(part, 'r+');
    writeSync(file, Buffer.alloc(100, 0x55), 0, 100, offset);
    closeSync(file);
  };

  test('finds a disk that has something else, and the next run makes it good', async () => {
    const archive = archiveOf(folder('sender'), pictures(120));
    const output = join(folder('stick'), 'trip.indabundle');
    const options = {
      db: archive.databasePath,
      selection: { kind: 'all' },
      output,
      check: true,
      created: '2026-03-14T10:15:00Z',
      exportId: 'checked',
    } as const;
    const error = await exportBundle({ ...options, observer: lyingDisk(`${output}.part`, 1_500_000) }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'read-back-differs', exitStatus: 6 });
    expect(existsSync(output)).toBe(false);
    const result = await exportBundle(options);
    expect(result.checked).toMatch(/^(disk|memory)$/);
    const other = join(folder('other'), 'trip.indabundle');
    await exportBundle({ ...options, output: other, check: false });
    expect(readFileSync(output).equals(readFileSync(other))).toBe(true);
  });
});
