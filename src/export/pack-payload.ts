import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { BundleError, isAbort } from '../base/errors.ts';
import type { Observer } from '../base/events.ts';
import { MAX_FRAME_CONTENT, SHARED_FRAME_CONTENT } from '../base/limits.ts';
import { payloadName } from '../bundle/entry-names.ts';
import type { BundleWriter } from '../bundle/bundle-writer.ts';
import type { Coding } from '../bundle/frame-encoder.ts';
import { BLOCK, padded } from '../bundle/tar-header.ts';
import { hashFile } from '../archive/file-digest.ts';
import { failureToRead, type FileJob, type FileResult, type Omitted } from './pack-frame.ts';
import type { PackLog } from './pack-log.ts';
import type { PackPipeline, ReadyGroup } from './pack-pipeline.ts';
import type { PackStep } from './pack-progress.ts';
import type { PlannedFile } from './planned.ts';
import type { PlanVolume } from './plan-volume.ts';

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

/** Writes all payload files of a volume: shared frames of about 1 MiB, larger files in frames of their own. */
export async function packPayload(
  volume: PlanVolume,
  writer: BundleWriter,
  pipeline: PackPipeline,
  options: PackOptions,
): Promise<void> {
  const packer = new PayloadPacker(volume, writer, pipeline, options);
  try {
    for (const group of groups(volume, options.step?.ordinal ?? 0)) {
      options.signal?.throwIfAborted();
      await packer.pack(group);
    }
    await packer.finish();
  } finally {
    await packer.abandon();
  }
}

/** Files that share a frame, decided by the plan's sizes alone, so that the same plan gives the same frames. */
function* groups(volume: PlanVolume, behind: number): Generator<PlannedFile[]> {
  let group: PlannedFile[] = [];
  let bytes = 0;
  for (let last = behind; ; ) {
    const files = volume.filesAfter(last, 1000);
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

/** A group on its way through the threads. */
interface Pending {
  readonly group: readonly PlannedFile[];
  readonly ready: Promise<ReadyGroup>;
}

/** Gives groups to the threads and appends their frames in order. */
class PayloadPacker {
  readonly #volume: PlanVolume;
  readonly #writer: BundleWriter;
  readonly #pipeline: PackPipeline;
  readonly #options: PackOptions;
  readonly #pending: Pending[] = [];
  #bytesDone: number;

  constructor(volume: PlanVolume, writer: BundleWriter, pipeline: PackPipeline, options: PackOptions) {
    this.#volume = volume;
    this.#writer = writer;
    this.#pipeline = pipeline;
    this.#options = options;
    this.#bytesDone = volume.bytesUpTo(options.step?.ordinal ?? 0);
  }

  async pack(group: readonly PlannedFile[]): Promise<void> {
    const jobs = group.map((file) => this.#job(file));
    const [first] = jobs;
    if (first && BLOCK + padded(first.size) > MAX_FRAME_CONTENT) {
      await this.finish();
      await this.#packLong(first);
      await this.#note(group);
      return;
    }
    while (!this.#pipeline.hasRoom) await this.#appendNext();
    const ready = this.#pipeline.pack(jobs, this.#options.mtime, this.#options.coding);
    ready.catch(() => {}); // looked at in its turn
    this.#pending.push({ group, ready });
  }

  /** Appends all that is on its way. */
  async finish(): Promise<void> {
    while (this.#pending.length > 0) await this.#appendNext();
  }

  /** Waits for what is on its way, and drops it. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#pending.map(({ ready }) => ready));
  }

  async #appendNext(): Promise<void> {
    const next = this.#pending.shift()!;
    const ready = await next.ready;
    for (const result of ready.results) this.#settle(result);
    if (ready.frameBytes > 0) await this.#writer.appendFrame(ready.frame, ready.contentBytes);
    ready.done();
    await this.#note(next.group);
  }

  async #note(group: readonly PlannedFile[]): Promise<void> {
    for (const file of group) this.#bytesDone += file.size;
    const last = group.at(-1)!;
    this.#options.observer({ type: 'progress', done: this.#bytesDone, item: last.name });
    await this.#options.log?.note(last.ordinal, this.#writer);
  }

  #job(file: PlannedFile): FileJob {
    const { ordinal, digest, size, name, sources } = file;
    return {
      ordinal,
      digest,
      size,
      entryName: payloadName(digest, name),
      sources,
    };
  }

  #settle(result: FileResult): void {
    if (result.omitted === null)
      this.#volume.setPacked(result.ordinal, this.#writer.state.tarOffset + result.at);
    else this.#volume.setOmitted(result.ordinal, result.omitted.reason, result.omitted.detail);
  }

  /** A file larger than a frame is hashed first and read twice; what changed in between is taken back. */
  async #packLong(job: FileJob): Promise<void> {
    let first: Omitted | null = null;
    for (const source of job.sources) {
      const before = this.#writer.state;
      const omitted = await this.#tryLong(job, source.path);
      if (omitted === null) {
        this.#volume.setPacked(job.ordinal, before.tarOffset);
        return;
      }
      first ??= omitted;
      if (this.#writer.state.position === before.position) continue;
      if (!(await this.#writer.rewind(before))) {
        throw new BundleError('io-error', {
          params: { what: source.path, reason: 'the file changed while it was read' },
        });
      }
    }
    this.#volume.setOmitted(job.ordinal, first?.reason ?? 'missing', first?.detail ?? null);
  }

  async #tryLong(job: FileJob, path: string): Promise<Omitted | null> {
    try {
      const { digest, size } = await hashFile(path, this.#options.signal);
      if (size !== job.size)
        return { reason: 'changed', detail: `${job.size} bytes when planned, ${size} now` };
      if (digest !== job.digest) return { reason: 'mismatch', detail: 'its bytes have another digest' };
    } catch (error) {
      if (isAbort(error, this.#options.signal)) throw error;
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
      if (hash.digest('hex') !== job.digest)
        return { reason: 'changed', detail: 'written while it was packed' };
      await entry.close();
      return null;
    } finally {
      await handle.close();
    }
  }
}

async function readPiece(
  handle: FileHandle,
  piece: Buffer,
  length: number,
  position: number,
): Promise<number | Omitted> {
  try {
    const { bytesRead } = await handle.read(piece, 0, length, position);
    return bytesRead > 0 ? bytesRead : { reason: 'changed', detail: 'it became shorter' };
  } catch (error) {
    return failureToRead(error);
  }
}
