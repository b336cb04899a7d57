import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { FRAME, hostileBundle, hostileImages, type Hooks } from '../../fixtures/hostile-bundle.ts';
import { bombFrame } from '../../fixtures/raw-container.ts';
import { indabundle } from './program.ts';
import { ACCEPTABLE, Receiver } from './receiver.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const MIB = 1024 * 1024;
const MOST_KIB = 256 * 1024;

/** Makes the process tell its peak at its end. What Linux calls maxRSS is also that of the test that started it. */
const PEAK = `data:text/javascript,${encodeURIComponent(`
import { existsSync, readFileSync } from 'node:fs';
const status = '/proc/self/status';
process.on('exit', () => {
  const peak = existsSync(status)
    ? /VmHWM:\\s+(\\d+)/.exec(readFileSync(status, 'utf8'))[1]
    : process.resourceUsage().maxRSS;
  process.stderr.write('peak ' + peak + '\\n');
});`)}`;

const filler = (count: number) => `"${'x'.repeat(count)}"`;
const bomb = (frame: number, blocks: number, claimed: number): Hooks => ({
  frames: (frames) => frames.with(frame, bombFrame(blocks, claimed)),
});

const BOMBS: Record<string, Hooks> = {
  'a photo of 64 KiB that expands to 2 GiB': bomb(FRAME.firstFile, 16 * 1024, 16 * MIB),
  'a manifest that expands to 2 GiB': bomb(FRAME.manifest, 16 * 1024, 16 * MIB),
  'records that claim 4 GiB': bomb(FRAME.records, 64, 0xfffffe00),
  'a record of 100 MB': { records: (lines) => [...lines, filler(100 * MIB)] },
  'an index of 100 MB in one line': { index: (lines) => [...lines, filler(100 * MIB)] },
  'SHA256SUMS of 100 MB in one line': { sums: (text) => text + filler(100 * MIB) },
  'a manifest of 100 MB': { manifest: (good) => ({ ...good, filler: 'x'.repeat(100 * MIB) }) },
  'a record with a million keys': {
    records: (lines) => [...lines, `{${Array.from({ length: 100_000 }, (_, at) => `"k${at}":1`).join()}}`],
  },
  'a seek table that says that it is huge': {
    table: (table) => {
      table.writeUInt32LE(0x00ffffff, table.length - 9);
      return table;
    },
  },
  'zeros of 200 MB behind the end': { bytes: (bundle) => Buffer.concat([bundle, Buffer.alloc(200 * MIB)]) },
};

/** What each way of reading answers to a bomb; some of them never come to it. */
const COMMANDS: Record<string, readonly string[]> = {
  verify: ['verify'],
  inspect: ['inspect', '--records'],
  apply: ['apply', '--yes', '--no-backup', '--allow-type', 'application/octet-stream'],
};

const receiver = new Receiver(folder);
const file = join(folder, 'bomb.indabundle');

describe.each(Object.keys(BOMBS))('%s: memory stays flat', (what) => {
  beforeAll(() => writeFileSync(file, hostileBundle(hostileImages(3, 'memory'), BOMBS[what])));

  test.each(Object.keys(COMMANDS))('under %s', async (command) => {
    receiver.renew();
    const db = command === 'apply' ? ['--db', receiver.db] : [];
    const args = [...COMMANDS[command]!, file, ...db, '--quiet'];
    const { status, stderr } = await indabundle(args, { node: ['--import', PEAK] });
    const expected = command === 'verify' ? [EXIT.refused] : ACCEPTABLE;
    expect([status, stderr]).toEqual([expect.toBeOneOf([...expected]), stderr]);
    if (command === 'apply') expect(receiver.landed()).toMatchObject({ wrong: [], strange: [] });
    expect(Number(/peak (\d+)/.exec(stderr)?.[1])).toBeLessThan(MOST_KIB);
  });
});
