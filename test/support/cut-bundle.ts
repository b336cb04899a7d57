import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import zstd from 'zstd-napi';
import { buildArchive, type BuiltArchive } from '../../fixtures/archive-builder.ts';
import { compareReceiver, fileTree, readArchive } from '../../fixtures/archive-reader.ts';
import { BundleError, verifyBundle } from '../../src/index.ts';
import { frameOf, frameOffsets, STORED } from '../bundle/sample-bundle.ts';
import { rowsOf } from './database-dump.ts';
import { applyTo, outcomesOf } from './exchange.ts';

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

/** Cuts a bundle, and looks at what verify and apply make of it, and of the whole one afterwards. */
export class CutTrial {
  readonly #folder: string;
  readonly #bundle: string;
  readonly #sender: BuiltArchive;
  readonly #model: BuiltArchive;

  /** `bundle` holds all images of `sender`, each with a content of its own. */
  constructor(folder: string, bundle: string, sender: BuiltArchive) {
    this.#folder = folder;
    this.#bundle = bundle;
    this.#sender = sender;
    const own = [{ siteImageId: 41, tags: ['saját'] }];
    this.#model = buildArchive(join(folder, 'model'), { schema: 'today-without-wal', images: own });
  }

  async of(cut: Buffer, name: string): Promise<void> {
    const path = join(this.#folder, `${name}.indabundle`);
    writeFileSync(path, cut);
    const receiver = this.#newReceiver(name);
    const { findings, verdict } = await verifyBundle({ input: path });
    expect(findings.map(({ code }) => code)).toContain('truncated');
    expect(verdict).toBe('damaged');
    await this.#applyCut(receiver, path);
    await this.#applyWhole(receiver);
  }

  #newReceiver(name: string): BuiltArchive {
    const dir = join(this.#folder, name);
    cpSync(this.#model.dir, dir, { recursive: true });
    return {
      ...this.#model,
      dir,
      databasePath: join(dir, 'indafoto.db'),
      photoFolder: join(dir, 'indafoto_archive'),
    };
  }

  /** Only what is proven arrives, and nobody is told that it was all. */
  async #applyCut(receiver: BuiltArchive, path: string): Promise<void> {
    const before = readArchive(receiver.dir);
    const result = await applyTo(receiver, path, { threads: 1 }).catch((error: unknown) => error as Error);
    const after = readArchive(receiver.dir);
    if (result instanceof Error) {
      expect(result).toMatchObject({ name: 'BundleError', exitStatus: 4 });
      expect((result as BundleError).findings.length).toBeGreaterThan(0);
      expect(after.images.size).toBe(before.images.size);
    } else {
      expect(result.findingsTotal).toBeGreaterThan(0);
      expect(after.images.size).toBe(before.images.size + result.outcomes.added);
      expect(result.outcomes.added + result.outcomes.failed).toBeGreaterThan(0);
    }
    expect(compareReceiver(before, after)).toEqual([]);
    const contents = new Set(this.#sender.images.map(({ fileDigest }) => fileDigest));
    for (const [id, row] of after.images) {
      expect(after.fileDigests.get(id)).toBe(row['sha256_hash']);
      if (!before.images.has(id)) expect(contents).toContain(row['sha256_hash']);
    }
    this.#expectNothingElse(receiver);
  }

  /** The same operation comes to its end, with every picture once. */
  async #applyWhole(receiver: BuiltArchive): Promise<void> {
    const had = readArchive(receiver.dir).images.size - 1;
    const begun = existsTable(receiver)
      ? rowsOf(receiver.dir, 'SELECT operation_id FROM sync_operations')
      : [];
    const result = await applyTo(receiver, this.#bundle, { threads: 1 });
    const after = readArchive(receiver.dir);
    const total = this.#sender.images.length;
    expect(outcomesOf(result)).toEqual({
      ...(had > 0 ? { present: had } : {}),
      ...(had < total ? { added: total - had } : {}),
    });
    expect([...after.fileDigests.values()].slice(1).sort(byText)).toEqual(
      this.#sender.images.map(({ fileDigest }) => fileDigest).sort(byText),
    );
    const operations = rowsOf(
      receiver.dir,
      'SELECT operation_id, status, processed_files, error_count FROM sync_operations',
    );
    expect(operations).toMatchObject([{ status: 'completed', processed_files: total, error_count: 0 }]);
    if (begun.length > 0) expect(operations).toMatchObject(begun);
    expect(rowsOf(receiver.dir, 'SELECT status, processed_files FROM sync_export_lists')).toEqual([
      { status: 'completed', processed_files: total },
    ]);
    this.#expectNothingElse(receiver);
  }

  /** No temporary file, and no file that no row names. */
  #expectNothingElse(receiver: BuiltArchive): void {
    const named = [...readArchive(receiver.dir).images.values()].map((row) => String(row['local_path']));
    const files = [...fileTree(receiver.dir).keys()].filter((name) => !name.startsWith('indafoto.db'));
    expect(files.sort(byText)).toEqual(named.sort(byText));
    expect(existsSync(`${receiver.databasePath}.indabundle-lock`)).toBe(false);
  }
}

function existsTable(receiver: BuiltArchive): boolean {
  return rowsOf(receiver.dir, `SELECT 1 FROM sqlite_master WHERE name = 'sync_operations'`).length > 0;
}

const byText = (one: string | null, other: string | null) => (String(one) < String(other) ? -1 : 1);
