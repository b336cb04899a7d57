import type { PathLike } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { exportBundle } from '../../src/export/export-bundle.ts';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { digestOf, hostileBundle, hostileImages } from '../../fixtures/hostile-bundle.ts';
import { Receiver } from './receiver.ts';
import { scratchFolder } from './scratch.ts';

const GIB = 1024 ** 3;
const EXT4 = 0xef53;
const FAT = 0x4d44;
const EXFAT = 0x2011bab0;

/** What the system says of every folder's file system. */
const disk = { type: EXT4, free: 100 * GIB };
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const statfsSync = (_: PathLike) => ({ type: disk.type, bavail: disk.free, bsize: 1 });
  return { ...real, default: { ...real, statfsSync }, statfsSync };
});
afterEach(() => Object.assign(disk, { type: EXT4, free: 100 * GIB }));

const folder = scratchFolder();
const receiver = new Receiver(folder);
const bundle = join(folder, 'room.indabundle');
const [image] = hostileImages(1, 'room') as [ReturnType<typeof hostileImages>[0] & object];

/** A record that claims so many bytes; nothing of them has to come to be told about. */
function claiming(size: number): void {
  const file = { digest: digestOf('large'), size, name: 'large.jpg', mtime: 0 };
  writeFileSync(bundle, hostileBundle([{ ...image, record: { file } }]));
  receiver.renew();
}

describe('apply', () => {
  test('a file that FAT cannot hold is told before the work, and nothing is written', async () => {
    claiming(4 * GIB);
    disk.type = FAT;
    const { status, error } = await receiver.apply(bundle);
    expect([status, error?.code]).toEqual([EXIT.environment, 'file-too-large']);
    expect(error?.message).toMatch(/large\.jpg/);
    expect(receiver.landed()).toMatchObject({ digests: [], strange: [] });
  });

  test('exFAT holds it', async () => {
    claiming(4 * GIB);
    disk.type = EXFAT;
    expect((await receiver.apply(bundle)).error?.code).not.toBe('file-too-large');
  });

  test('not enough room is told before the first byte', async () => {
    claiming(4 * GIB);
    disk.free = 3 * GIB;
    const { status, error } = await receiver.apply(bundle);
    expect([status, error?.code]).toEqual([EXIT.environment, 'no-space']);
    expect(receiver.landed()).toMatchObject({ digests: [], strange: [] });
  });

  test.each([
    [FAT, true],
    [EXFAT, true],
    [EXT4, false],
  ])('type %i: whether it has links is said', async (type, said) => {
    writeFileSync(bundle, hostileBundle([image]));
    receiver.renew();
    disk.type = type;
    const seen: string[] = [];
    const { status } = await receiver.apply(bundle, {
      observer: (event) => event.type === 'notice' && seen.push(event.notice),
    });
    expect([status, seen.includes('no-links')]).toEqual([EXIT.whole, said]);
  });
});

describe('export', () => {
  const sender = join(folder, 'sender');
  buildArchive(sender, { schema: 'today', images: [{}, {}] });
  const options = () => ({
    db: join(sender, 'indafoto.db'),
    selection: { kind: 'all' as const },
    output: join(folder, 'out.indabundle'),
  });

  test('not enough room is told before the first byte, and nothing is left', async () => {
    disk.free = 1000;
    await expect(exportBundle(options())).rejects.toMatchObject({
      code: 'no-space',
      exitStatus: EXIT.environment,
    });
    disk.free = 100 * GIB;
    expect((await exportBundle(options())).files).toBe(2);
  });
});
