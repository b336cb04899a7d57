import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { BundleError } from '../base/errors.ts';
import type { Observer } from '../base/events.ts';
import { MAX_FRAME_CONTENT, SHARED_FRAME_CONTENT } from '../base/limits.ts';
import { payloadName } from '../bundle/entry-names.ts';
import type { BundleWriter } from '../bundle/bundle-writer.ts';
import { type Coding, FRAME_BOUND, FrameEncoder } from '../bundle/frame-encoder.ts';
import { BLOCK, padded } from '../bundle/tar-header.ts';
import { hashFile } from '../archive/file-digest.ts';
import { failureToRead, type FileJob, type FileResult, type Omitted, packFiles } from './pack-frame.ts';
import type { PackLog } from './pack-log.ts';
import type { PackStep } from './pack-progress.ts';
import type { PlannedFile, PlanStore } from './plan-store.ts';

export interface PackOptions {
  readonly mtime: number;
  readonly coding: Coding;
  readonly observer: Observer;
  readonly signal?: AbortSignal | undefined;
  /** Where each group is noted when all of it is written. */
  readonly log?: PackLog;
  /** What an earlier run has packed already. */
  readonly step?: PackStep | null;
}

/** Writes all payload files of a plan: shared frames of about 1 MiB, larger files in frames of their own. */
export async function packPayload(plan: PlanStore, writer: BundleWriter, options: PackOptions): Promise<void> {
  const packer = new PayloadPacker(plan, writer, options);
  for (const group of groups(plan, options.step?.ordinal ?? 0)) {
    options.signal?.throwIfAborted();
    await packer.pack(group);
    await options.log?.note(group.at(-1)!.ordinal, writer);
  }
}

/** Files that share a frame, decided by the plan's sizes alone, so that the same plan gives the same frames. */
function* groups(plan: PlanStore, behind: number): Generator<PlannedFile[]> {
  let group: PlannedFile[] = [];
  let bytes = 0;
  for (let last = behind; ; ) {
    const files = plan.filesAfter(last, 1000);
    if (files.length === 0) break;
    last = files.at(-1)!.ordinal;
    for (const file of files) {
      const length = BLOCK + padded(file.size);
      if (group.length > 0 && bytes + length > SHARED_FRAME_CONTENT) {
        yield group;
        group = [];
        bytes = 0;
      }
      group.push(file);
      bytes += length;
    }
  }
  if (group.length > 0) yield group;
}

class PayloadPacker {
  readonly #plan: PlanStore;
  readonly #writer: BundleWriter;
  readonly #options: PackOptions;
  readonly #encoder = new FrameEncoder();
  readonly #content = Buffer.allocUnsafe(MAX_FRAME_CONTENT);
  readonly #frame = Buffer.allocUnsafe(FRAME_BOUND);
  #bytesDone: number;

  constructor(plan: PlanStore, writer: BundleWriter, options: PackOptions) {
    this.#plan = plan;
    this.#writer = writer;
    this.#options = options;
    this.#bytesDone = plan.bytesUpTo(options.step?.ordinal ?? 0);
  }

  async pack(group: readonly PlannedFile[]): Promise<void> {
    const jobs = group.map((file) => this.#job(file));
    const [first] = jobs;
    if (first && BLOCK + padded(first.size) > MAX_FRAME_CONTENT) await this.#packLong(first);
    else await this.#packFrame(jobs);
    for (const job of jobs) this.#bytesDone += job.size;
    this.#options.observer({ type: 'progress', done: this.#bytesDone, item: group.at(-1)!.name });
  }

  #job(file: PlannedFile): FileJob {
    const { ordinal, digest, size, name } = file;
    return { ordinal, digest, size, entryName: payloadName(digest, name), sources: this.#plan.sources(digest) };
  }

  async #packFrame(jobs: readonly FileJob[]): Promise<void> {
    const { length, results } = packFiles(jobs, this.#options.mtime, this.#content);
    for (const result of results) this.#settle(result);
    if (length === 0) return;
    const content = this.#content.subarray(0, length);
    const bytes = this.#encoder.encode(content, this.#frame, this.#options.coding);
    await this.#writer.appendFrame(this.#frame.subarray(0, bytes), length);
  }

  #settle(result: FileResult): void {
    if (result.omitted === null) this.#plan.setPacked(result.ordinal, this.#writer.state.tarOffset + result.at);
    else this.#plan.setOmitted(result.ordinal, result.omitted.reason, result.omitted.detail);
  }

  /** A file larger than a frame is hashed first and read twice; what changed in between is taken back. */
  async #packLong(job: FileJob): Promise<void> {
    let first: Omitted | null = null;
    for (const source of job.sources) {
      const before = this.#writer.state;
      const omitted = await this.#tryLong(job, source.path);
      if (omitted === null) {
        this.#plan.setPacked(job.ordinal, before.tarOffset);
        return;
      }
      first ??= omitted;
      if (this.#writer.state.position === before.position) continue;
      if (!(await this.#writer.rewind(before))) {
        throw new BundleError('io-error', { params: { what: source.path, reason: 'the file changed while it was read' } });
      }
    }
    this.#plan.setOmitted(job.ordinal, first?.reason ?? 'missing', first?.detail ?? null);
  }

  async #tryLong(job: FileJob, path: string): Promise<Omitted | null> {
    try {
      const { digest, size } = await hashFile(path, this.#options.signal);
      if (size !== job.size) return { reason: 'changed', detail: `${job.size} bytes when planned, ${size} now` };
      if (digest !== job.digest) return { reason: 'mismatch', detail: 'its bytes have another digest' };
    } catch (error) {
      if ((error as Error).name === 'AbortError') throw error;
      return failureToRead(error);
    }
    return await this.#copyLong(job, path);
  }

  async #copyLong(job: FileJob, path: string): Promise<Omitted | null> {
    const handle = await open(path, 'r');
    try {
      const entry = this.#writer.openEntry(job.entryName, job.size, this.#options.coding);
      const hash = createHash('sha256');
      const piece = Buffer.allocUnsafe(1024 * 1024);
      for (let done = 0; done < job.size; ) {
        this.#options.signal?.throwIfAborted();
        const bytesRead = await readPiece(handle, piece, Math.min(piece.length, job.size - done), done);
        if (typeof bytesRead !== 'number') return bytesRead;
        hash.update(piece.subarray(0, bytesRead));
        await entry.write(piece.subarray(0, bytesRead));
        done += bytesRead;
      }
      if (hash.digest('hex') !== job.digest) return { reason: 'changed', detail: 'written while it was packed' };
      await entry.close();
      return null;
    } finally {
      await handle.close();
    }
  }
}

async function readPiece(handle: FileHandle, piece: Buffer, length: number, position: number): Promise<number | Omitted> {
  try {
    const { bytesRead } = await handle.read(piece, 0, length, position);
    return bytesRead > 0 ? bytesRead : { reason: 'changed', detail: 'it became shorter' };
  } catch (error) {
    return failureToRead(error);
  }
}
