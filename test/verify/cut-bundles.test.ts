import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { verifyBundle } from '../../src/index.ts';
import { frameOffsets } from '../bundle/sample-bundle.ts';
import { type CutTrial, cutTar, framesOf, tryCut } from '../support/cut-bundle.ts';
import { exportAll } from '../support/exchange.ts';
import { makeScratch } from '../support/scratch-folder.ts';

const scratch = makeScratch();
let bundle: Buffer;
let frames: Buffer[];
let trial: CutTrial;
let tried = 0;

beforeAll(async () => {
  const images = [{ author: 'Anna', tags: ['tó'] }, { author: 'Anna' }, { author: 'Béla' }];
  const details = [{ author: 'Anna', bio: 'Fényképez.' }];
  const sender = buildArchive(join(scratch(), 'sender'), { schema: 'today', images, authorDetails: details });
  const path = join(scratch(), 'whole.indabundle');
  await exportAll(sender, path);
  bundle = readFileSync(path);
  frames = framesOf(bundle);
  const receiver = buildArchive(join(scratch(), 'receiver'), {
    schema: 'today-without-wal',
    images: [{ siteImageId: 41 }],
  });
  trial = { folder: scratch(), bundle: path, sender, receiver };
});
afterAll(() => rmSync(scratch(), { recursive: true }));

async function tryAt(cut: Buffer, name: string): Promise<void> {
  await tryCut(trial, cut, name);
  tried += 1;
}

const tarLength = () => frames.reduce((sum, frame) => sum + frame.length, 0);

/** Cuts that differ from run to run would make failures that nobody can look at again. */
function* somewhere(count: number, below: number): Generator<number> {
  let state = 20_260_314;
  for (let number = 0; number < count; number += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield 1 + (state % (below - 1));
  }
}

describe('a bundle whose tar was cut', () => {
  test('at every block is never taken for whole, and can be finished', async () => {
    for (let length = 512; length < tarLength(); length += 512) {
      await tryAt(cutTar(frames, length), `tar ${length}`);
    }
    expect(tried).toBe(tarLength() / 512 - 1);
    expect(tried).toBeGreaterThan(30);
  });

  test('nowhere is whole but for its seek table', async () => {
    const { findings } = await verifyBundle({ input: join(scratch(), 'whole.indabundle') });
    expect(findings).toEqual([]);
    await tryAt(cutTar(frames, tarLength()), 'tar');
  });
});

describe('a bundle file that was cut', () => {
  test('at every frame and beside it', async () => {
    const offsets = frameOffsets(bundle).slice(1);
    expect(offsets.length).toBeGreaterThan(6);
    for (const offset of offsets) {
      for (const at of [offset - 1, offset, offset + 1]) await tryAt(bundle.subarray(0, at), `file ${at}`);
    }
  });

  test('anywhere', async () => {
    for (const at of [...somewhere(20, bundle.length), bundle.length - 1]) {
      await tryAt(bundle.subarray(0, at), `anywhere ${at}`);
    }
    expect(tried).toBeGreaterThan(20);
  });
});
