import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import zstd from 'zstd-napi';
import type { BuiltArchive } from '../../fixtures/archive-builder.ts';
import { fileTree, readArchive, type Row } from '../../fixtures/archive-reader.ts';
import { compareReceiver } from '../../fixtures/receiver-comparison.ts';
import { BundleError, verifyBundle } from '../../src/index.ts';
import { frameOf, frameOffsets, STORED } from '../bundle/sample-bundle.ts';
import { rowsOf } from './database-dump.ts';
import { applyTo } from './exchange.ts';

/** The uncompressed tar of each frame of a bundle. */
export function framesOf(bundle: Buffer): Buffer[] {
  const offsets = frameOffsets(bundle);
  return offsets.slice(0, -1).map((start, at) => zstd.decompress(bundle.subarray(start, offsets[at + 1])));
}

/** A bundle whose tar ends after so many bytes: all frames until there, the last one cut and framed anew. */
export function cutTar(frames: readonly Buffer[], length: number): Buffer {
  const kept: Buffer[] = [];
  let left = length;
  for (const frame of frames) {
    if (left === 0) break;
    kept.push(frame.subarray(0, Math.min(left, frame.length)));
    left -= kept.at(-1)!.length;
  }
  return Buffer.concat(kept.map((content) => frameOf(content, isStored(content) ? STORED : undefined)));
}

const isStored = (content: Buffer) => content.subarray(0, 6).toString('latin1') === 'files/';

/** A bundle that is cut in many ways, and who sent and who gets it. */
export interface CutTrial {
  readonly folder: string;
  /** The whole bundle, with all images of `sender`, each with a content of its own. */
  readonly bundle: string;
  readonly sender: BuiltArchive;
  /** Every trial has a copy of it. */
  readonly receiver: BuiltArchive;
}

/** Looks at what verify and apply make of a bundle that was cut, and apply of the whole one afterwards. */
export async function tryCut(trial: CutTrial, cut: Buffer, name: string): Promise<void> {
  const path = join(trial.folder, `${name}.indabundle`);
  writeFileSync(path, cut);
  const receiver = copyOf(trial, name);
  const { findings, verdict } = await verifyBundle({ input: path });
  expect(findings.map(({ code }) => code)).toContain('truncated');
  expect(verdict).toBe('damaged');
  await applyCut(trial, receiver, path);
  await applyWhole(trial, receiver);
  rmSync(receiver.dir, { recursive: true });
}

function copyOf({ folder, receiver }: CutTrial, name: string): BuiltArchive {
  const dir = join(folder, name);
  cpSync(receiver.dir, dir, { recursive: true });
  return {
    ...receiver,
    dir,
    databasePath: join(dir, 'indafoto.db'),
    photoFolder: join(dir, 'indafoto_archive'),
  };
}

/** Only what is proven arrives, and nobody is told that it was all. */
async function applyCut({ sender }: CutTrial, receiver: BuiltArchive, path: string): Promise<void> {
  const before = readArchive(receiver.dir);
  const result = await applyTo(receiver, path, { threads: 1 }).catch(
    (error: unknown) => error as BundleError,
  );
  const after = readArchive(receiver.dir);
  const added = result instanceof BundleError ? 0 : result.outcomes.added;
  if (result instanceof BundleError) expect(result.exitStatus).toBe(4);
  expect(result.findings.length).toBeGreaterThan(0);
  expect(after.images.size).toBe(before.images.size + added);
  expect(compareReceiver(before, after)).toEqual([]);
  const contents = new Set(sender.images.map(({ fileDigest }) => fileDigest));
  const arrived = [...after.images].filter(([id]) => !before.images.has(id));
  for (const [id, row] of arrived) {
    expect(after.fileDigests.get(id)).toBe(row['sha256_hash']);
    expect(contents).toContain(row['sha256_hash']);
  }
  expectNothingElse(receiver);
}

/** The same operation comes to its end, with every picture once. */
async function applyWhole({ sender, bundle }: CutTrial, receiver: BuiltArchive): Promise<void> {
  const had = readArchive(receiver.dir).images.size - 1;
  const begun = operationsOf(receiver);
  const result = await applyTo(receiver, bundle, { threads: 1 });
  const total = sender.images.length;
  expect(result.outcomes).toMatchObject({ present: had, added: total - had, failed: 0 });
  const digests = [...readArchive(receiver.dir).fileDigests.values()].slice(1);
  expect(digests.sort(byText)).toEqual(sender.images.map(({ fileDigest }) => fileDigest).sort(byText));
  expect(operationsOf(receiver)).toMatchObject([
    {
      ...begun[0],
      status: 'completed',
      processed_files: total,
      error_count: 0,
      end_time: expect.any(String),
    },
  ]);
  expect(rowsOf(receiver.dir, 'SELECT status, processed_files FROM sync_export_lists')).toEqual([
    { status: 'completed', processed_files: total },
  ]);
  expectNothingElse(receiver);
}

function operationsOf({ dir }: BuiltArchive): Row[] {
  const [table] = rowsOf(dir, `SELECT 1 FROM sqlite_master WHERE name = 'sync_operations'`);
  return table === undefined
    ? []
    : rowsOf(dir, 'SELECT operation_id, status, processed_files, error_count, end_time FROM sync_operations');
}

/** No temporary file, and no file that no row names. */
function expectNothingElse({ dir, databasePath }: BuiltArchive): void {
  const named = [...readArchive(dir).images.values()].map((row) => String(row['local_path']));
  const files = [...fileTree(dir).keys()].filter((name) => !name.startsWith('indafoto.db'));
  expect(files.sort(byText)).toEqual(named.sort(byText));
  expect(existsSync(`${databasePath}.indabundle-lock`)).toBe(false);
}

const byText = (one: string | null, other: string | null) => (String(one) < String(other) ? -1 : 1);
