import { readFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BundleError, EXIT } from '../../src/base/errors.ts';
import { exportBundle } from '../../src/export/export-bundle.ts';
import type { VerifyResult } from '../../src/verify/types.ts';
import { verifyBundle } from '../../src/verify/verify-bundle.ts';
import { buildArchive } from '../../fixtures/archive-builder.ts';
import { hostileBundle, hostileImages } from '../../fixtures/hostile-bundle.ts';
import { counted, LONG } from './counting.ts';
import { MUTATION_KINDS, mutated } from './mutations.ts';
import { ACCEPTABLE, type ImageRow, Receiver } from './receiver.ts';
import { scratchFolder } from './scratch.ts';

const folder = scratchFolder();
const receiver = new Receiver(folder);
const file = join(folder, 'mutated.indabundle');
const PER_KIND = LONG ? 500 : 60;
/** Applying takes ten times as long as verifying: the short form does it with every fifth. */
const APPLIED = LONG ? 1 : 5;

/** What a good bundle is and brings. */
interface Good {
  readonly bytes: Buffer;
  readonly verified: VerifyResult;
  /** New rows by address, once all of it is applied. */
  readonly rows: ReadonlyMap<string | null, ImageRow>;
}

async function exported(): Promise<Buffer> {
  const dir = join(folder, 'sender');
  const images = Array.from({ length: 14 }, (_, at) => ({
    author: `Szerző ${at % 3}`,
    tags: ['tó', `t${at}`],
  }));
  const authorDetails = [{ author: 'Szerző 1', bio: 'x' }];
  buildArchive(dir, {
    schema: 'today',
    images: [...images, { file: 'missing' as const, tags: [] }],
    authorDetails,
  });
  const output = join(folder, 'good.indabundle');
  await exportBundle({
    db: join(dir, 'indafoto.db'),
    selection: { kind: 'all' },
    output,
    exportId: 'good',
    created: '2026-03-14T10:15:00Z',
  });
  return readFileSync(output);
}

const rowsByUrl = (rows: readonly ImageRow[]) => new Map(rows.map((row) => [row.url, row]));

async function good(bytes: Buffer): Promise<Good> {
  writeFileSync(file, bytes);
  const verified = await verifyBundle({ input: file });
  receiver.renew();
  const { status } = await receiver.apply(file);
  expect([EXIT.whole, EXIT.partial]).toContain(status);
  return { bytes, verified, rows: rowsByUrl(receiver.landed().rows) };
}

let samples: Good[] = [];
beforeAll(async () => {
  samples = [
    await good(await exported()),
    await good(hostileBundle(hostileImages(4, 'mutation', 3000))),
    // All payload in one frame, and one photo that is longer than the others together.
    await good(
      hostileBundle(hostileImages(5, 'shared'), {
        entries: (frames) => [...frames.slice(0, 3), frames.slice(3, 8).flat(), ...frames.slice(8)],
      }),
    ),
  ];
});

/** What verify says: its findings, or the error of an input that is nothing at all. */
async function verdictOf(input: string | Readable): Promise<VerifyResult | string> {
  try {
    return await verifyBundle({ input });
  } catch (error) {
    if (error instanceof BundleError && error.exitStatus === EXIT.refused) return error.code;
    throw error;
  }
}

async function checkVerdict(bytes: Buffer, sample: Good): Promise<void> {
  const verdict = await verdictOf(file);
  const streamed = await verdictOf(Readable.from(chunks(bytes)));
  if (typeof verdict === 'string' || typeof streamed === 'string') {
    expect(streamed).toEqual(verdict);
    return;
  }
  expect(streamed.findings).toEqual(verdict.findings);
  if (verdict.verdict === 'damaged') return;
  // The manifest proves all records and files, end.json the omissions.
  const { bundleId, files, records, findings } = sample.verified;
  expect(verdict).toMatchObject({ bundleId, files, records, findings });
}

const CHUNK = 777;
const chunks = (bytes: Buffer) =>
  Array.from({ length: Math.ceil(bytes.length / CHUNK) }, (_, at) =>
    bytes.subarray(at * CHUNK, (at + 1) * CHUNK),
  );

async function checkApplied(sample: Good): Promise<void> {
  receiver.renew();
  const { status } = await receiver.apply(file);
  expect(ACCEPTABLE).toContain(status);
  const landed = receiver.landed();
  expect(landed).toMatchObject({ wrong: [], strange: [], integrity: 'ok' });
  for (const row of landed.rows) {
    const { id: _, local_path: __, ...right } = sample.rows.get(row.url)!;
    expect(row).toMatchObject(right);
  }
  if (status === EXIT.whole) expect(landed.rows.length).toBe(sample.rows.size);
  if (status === EXIT.refused) expect(landed.rows).toEqual([]);
}

describe.each(MUTATION_KINDS.map((kind, at) => [kind, at] as const))('%s', (kind, at) => {
  test('is never taken for the whole, and brings nothing that is not proven', async (context) => {
    for (let turn = 0; turn < PER_KIND; turn += 1) {
      for (const [which, sample] of samples.entries()) {
        const number = (turn * samples.length + which) * MUTATION_KINDS.length + at;
        const mutation = mutated(sample.bytes, number);
        writeFileSync(file, mutation.bytes);
        try {
          await checkVerdict(mutation.bytes, sample);
          if (number % APPLIED === 0) await checkApplied(sample);
        } catch (error) {
          throw new Error(`mutation ${number} of bundle ${which}: ${kind}: ${(error as Error).message}`, {
            cause: error,
          });
        }
        counted(context, 'mutated bundles');
      }
    }
  });
});

const MOST_MEMORY = 256 * 1024;

afterAll(() => {
  expect(process.resourceUsage().maxRSS).toBeLessThan(MOST_MEMORY);
});
