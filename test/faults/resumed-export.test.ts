import { createHash } from 'node:crypto';
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { BundleError } from '../../src/base/errors.ts';
import type { Event } from '../../src/base/events.ts';
import { exportBundle } from '../../src/export/export-bundle.ts';
import type { ExportOptions } from '../../src/export/options.ts';
import { verifyBundle } from '../../src/verify/verify-bundle.ts';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { counted, seeded } from './counting.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const sender = join(folder, 'sender');
const MIB = 1024 * 1024;
// Shared frames, frames of their own, and one photo that takes several.
const sizes = [
  ...Array.from({ length: 40 }, (_, at) => 20_000 + at * 3000),
  3 * MIB,
  700_000,
  18 * MIB,
  900_000,
  5000,
];
buildArchive(sender, {
  schema: 'today',
  images: sizes.map((size, at) => ({
    author: `Szerző ${at % 5}`,
    tags: ['tó'],
    file: uniqueJpeg(at, size),
    ...(at === 20 ? { digest: 'stale' } : {}),
  })),
});

const FIXED = { created: '2026-03-14T10:15:00Z', exportId: 'resumed' };
let number = 0;
let output = '';
beforeEach(() => {
  number += 1;
  output = join(folder, `out-${number}`, 'trip.indabundle');
  buildArchive(join(folder, `out-${number}`), { schema: 'first', images: [] });
});

const optionsFor = (more: Partial<ExportOptions> = {}): ExportOptions => ({
  db: join(sender, 'indafoto.db'),
  selection: { kind: 'all' },
  output,
  ...FIXED,
  ...more,
});

const left = () =>
  readdirSync(join(output, '..'))
    .filter((name) => name.startsWith('trip'))
    .sort();
const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** Runs until the nth file is packed, and stops then as Ctrl-C does. */
async function stoppedAfter(steps: number, more: Partial<ExportOptions> = {}): Promise<BundleError> {
  const controller = new AbortController();
  let seen = 0;
  const observer = (event: Event) => {
    if (event.type === 'progress' && event.item !== undefined && ++seen >= steps) controller.abort();
  };
  return (await exportBundle(optionsFor({ ...more, observer, signal: controller.signal })).catch(
    (error: unknown) => error,
  )) as BundleError;
}

let undisturbed = '';
async function whole(): Promise<string> {
  if (undisturbed !== '') return undisturbed;
  const path = join(folder, 'undisturbed.indabundle');
  await exportBundle(optionsFor({ output: path }));
  return (undisturbed = digestOf(path));
}

async function notices(run: (observer: (event: Event) => void) => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  await run((event) => event.type === 'notice' && seen.push(event.notice));
  return seen;
}

describe('an export that is stopped and run again', () => {
  test('keeps part and plan, goes on, gives the same bytes, and leaves nothing behind', async (context) => {
    const expected = await whole();
    for (let stops = 1; stops <= 4; stops += 1) {
      expect(await stoppedAfter(1)).toMatchObject({ code: 'interrupted' });
      expect(left()).toEqual(['trip.indabundle.part', 'trip.indabundle.plan']);
      counted(context, 'exports resumed');
    }
    const seen = await notices((observer) => exportBundle(optionsFor({ observer })));
    expect(seen).toContain('resuming');
    expect(digestOf(output)).toBe(expected);
    expect(left()).toEqual(['trip.indabundle']);
  });

  test('keeps its id and time where none are given', async () => {
    const free = { exportId: undefined, created: undefined } as unknown as Partial<ExportOptions>;
    await stoppedAfter(2, free);
    const plan = readFileSync(`${output}.plan`);
    const result = await exportBundle(optionsFor(free));
    expect(plan.includes(result.exportId)).toBe(true);
    expect(await verifyBundle({ input: output })).toMatchObject({
      verdict: 'omissions',
      bundleId: result.bundleId,
    });
  });

  test('reads the plan, not the database: a file changed since is left out', async () => {
    await stoppedAfter(1);
    const late = join(sender, 'indafoto_archive/Szerző 2/0');
    const name = readdirSync(late).at(-1)!;
    const before = readFileSync(join(late, name));
    const { atime, mtime } = statSync(join(late, name));
    writeFileSync(join(late, name), uniqueJpeg('other', before.length));
    const result = await exportBundle(optionsFor());
    writeFileSync(join(late, name), before);
    utimesSync(join(late, name), atime, mtime);
    expect(result.omittedTotal).toBe(2);
    expect(await verifyBundle({ input: output })).toMatchObject({ verdict: 'omissions' });
  });

  test('starts anew when something else is asked for', async () => {
    await stoppedAfter(2);
    const seen = await notices((observer) =>
      exportBundle(
        optionsFor({ selection: { kind: 'filters', filters: { author: ['Szerző 1'] } }, observer }),
      ),
    );
    expect(seen).not.toContain('resuming');
    expect(await verifyBundle({ input: output })).toMatchObject({ records: 9 });
    expect(left()).toEqual(['trip.indabundle']);
  });
});

describe('a part file that is not what the plan says', () => {
  const damages: Record<string, (part: string, random: () => number) => void> = {
    'cut anywhere': (part, random) => truncateSync(part, Math.floor(readFileSync(part).length * random())),
    'with a hole of zeros': (part, random) => {
      const bytes = readFileSync(part);
      const at = Math.floor(bytes.length * random());
      writeFileSync(part, bytes.fill(0, at, at + 4096));
    },
    'with noise behind its end': (part) =>
      writeFileSync(part, Buffer.concat([readFileSync(part), Buffer.alloc(5000, 0x28)])),
    empty: (part) => truncateSync(part, 0),
  };

  test.each(Object.keys(damages))('%s is used as far as it is proven', async (kind) => {
    const expected = await whole();
    for (let turn = 0; turn < 5; turn += 1) {
      expect(await stoppedAfter(1 + turn, { force: true })).toMatchObject({ code: 'interrupted' });
      damages[kind]!(`${output}.part`, seeded(turn));
      await exportBundle(optionsFor({ force: true }));
      expect(digestOf(output)).toBe(expected);
    }
    expect(left()).toEqual(['trip.indabundle']);
  });

  test.each<[string, (plan: string) => void]>([
    ['cut', (plan) => truncateSync(plan, 5000)],
    ['empty', (plan) => truncateSync(plan, 0)],
    ['no database', (plan) => writeFileSync(plan, 'a text\n'.repeat(2000))],
  ])('a plan that is %s is made anew', async (_, spoil) => {
    expect(await stoppedAfter(3)).toMatchObject({ code: 'interrupted' });
    spoil(`${output}.plan`);
    await exportBundle(optionsFor());
    expect(digestOf(output)).toBe(await whole());
    expect(left()).toEqual(['trip.indabundle']);
  });
});

test('stopped before anything is packed, it leaves nothing', async () => {
  const controller = new AbortController();
  controller.abort();
  const error = await exportBundle(optionsFor({ signal: controller.signal })).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'interrupted' });
  expect(left()).toEqual([]);
  expect(existsSync(output)).toBe(false);
});
