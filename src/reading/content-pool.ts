import { sep } from 'node:path';
import type { Digest } from '../base/digest.ts';
import { MemoryPool } from '../base/memory-pool.ts';
import type { Move } from '../base/put-in-place.ts';
import { startThreads, type Threads, usualThreads } from '../base/threads.ts';
import type { FrameScanner } from '../bundle/frames-ahead.ts';
import { READING_WORK } from './reading-work.ts';
import type { OpenedBundle } from './open-bundle.ts';
import { FramePool } from './frame-pool.ts';
import type { MoveAnswer } from './move-files.ts';
import type { ContentAnswer, ContentJob, FileTarget } from './prove-contents.ts';
import work, { type ReadingAnswer, type ReadingJob } from './thread-work.ts';

/** Small contents travel together: a message costs as much as hashing 50 KB. */
const BATCH_BYTES = 1024 * 1024;

/** Batches that may wait for each thread: enough that none is ever idle. */
const BATCHES_PER_THREAD = 3;

/** Large contents wait for room: this much may be on its way at once, or one content. */
const BYTES_IN_FLIGHT = 6 * 1024 * 1024;

/** Creating a file of so many bytes is little beside filling it. */
const LARGE_BYTES = 256 * 1024;

/** Moves of one message: enough that it costs little, few enough that all threads have some. */
const MOVES_TOGETHER = 128;

/** What is known of a content that is submitted, and what is to become of it. */
export interface Submission {
  readonly digest: Digest;
  /** The digest of its bytes, where somebody has computed it already. */
  readonly found: Digest | null;
  /** Written when the digest found is the one expected. */
  readonly targets: readonly FileTarget[];
  /** Is told the digest found, before {@link Submitted.done} resolves. */
  readonly tell: (found: Digest) => void;
}

/** A content that a thread has, or will have. */
export interface Submitted {
  /** Resolves when this and all that went with it are done; rejects where a file could not be written. */
  readonly done: Promise<void>;
}

/** Contents that go to a thread together. */
interface Batch extends Submitted {
  readonly memory: SharedArrayBuffer;
  readonly jobs: ContentJob[];
  readonly tellings: Submission['tell'][];
  readonly settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void };
  /** Bytes that are used; all of them where the contents lay in this memory already. */
  filled: number;
}

/**
 * Proves and writes contents in worker threads, which look at frames ahead and move files, too. Memory is
 * bounded by what is in flight; it is shared and used again.
 */
export class ContentPool {
  readonly #frames: FrameScanner;
  readonly #threads: Threads<ReadingJob, ReadingAnswer>;
  readonly #memories = new MemoryPool();
  readonly #inFlight = new Set<Promise<void>>();
  #bytesInFlight = 0;
  #batch: Batch | null = null;

  private constructor(threads: Threads<ReadingJob, ReadingAnswer>, file: number | null) {
    this.#threads = threads;
    this.#frames = new FramePool(threads, this.#memories, file);
  }

  /** Starts threads, which look at the bundle's frames, too, from now on. `bytes` are still to come. */
  static async forBundle(
    opened: OpenedBundle,
    threads: number | undefined,
    bytes: number = opened.size ?? Number.POSITIVE_INFINITY,
  ): Promise<ContentPool> {
    const started = startThreads(READING_WORK, work, threads ?? usualThreads(bytes));
    const pool = new ContentPool(started, opened.source?.descriptor ?? null);
    await opened.scanWith(pool.#frames);
    return pool;
  }

  /** Takes a copy of the content, unless it lies in memory of the frames read ahead; waits only while too much is in flight. */
  async submit(content: Buffer, submission: Submission): Promise<Submitted> {
    const { batch, start } = await this.#lay(content);
    const submitted = put(batch, start, content.length, submission);
    if (content.length >= BATCH_BYTES) await this.send(); // nothing is worth waiting for
    return submitted;
  }

  /** True where {@link submitNow} can take this content: one like those that were submitted last. */
  takesNow(content: Buffer): boolean {
    return content.buffer === this.#batch?.memory && content.length < BATCH_BYTES;
  }

  /** The same at once. */
  submitNow(content: Buffer, submission: Submission): Submitted {
    return put(this.#batch!, content.byteOffset, content.length, submission);
  }

  /** Moves files; answers in the same order what became of each. */
  async move(moves: readonly Move[]): Promise<MoveAnswer[]> {
    const batches = inFolders(moves).map((some) => this.#threads.run({ moves: some }, laneOf(some[0]!.to)));
    return (await Promise.all(batches)).flatMap((answers) => answers as MoveAnswer[]);
  }

  /** Where the content lies in the memory of a batch. */
  async #lay(content: Buffer): Promise<{ readonly batch: Batch; readonly start: number }> {
    const memory = this.#memories.pieceOf(content);
    if (memory !== null) {
      const batch = this.#batch?.memory === memory ? this.#batch : await this.#batchIn(memory);
      return { batch, start: content.byteOffset };
    }
    if (this.#batch !== null && this.#batch.filled + content.length > this.#batch.memory.byteLength)
      await this.send();
    const batch = this.#batch ?? (await this.#batchFor(content.length));
    const start = batch.filled;
    Buffer.from(batch.memory, start, content.length).set(content);
    batch.filled += content.length;
    return { batch, start };
  }

  async #batchIn(memory: SharedArrayBuffer): Promise<Batch> {
    this.#memories.share(memory);
    await this.send();
    this.#batch = newBatch(memory, memory.byteLength);
    return this.#batch;
  }

  async #batchFor(length: number): Promise<Batch> {
    this.#batch = newBatch(await this.#takeMemory(Math.max(length, BATCH_BYTES)), 0);
    return this.#batch;
  }

  /** Resolves when nothing is on its way any more. */
  async flush(): Promise<void> {
    await this.send();
    await Promise.all(this.#inFlight);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#inFlight);
    await this.#threads.close();
  }

  async #takeMemory(length: number): Promise<SharedArrayBuffer> {
    while (this.#inFlight.size > 0 && this.#bytesInFlight + length > BYTES_IN_FLIGHT)
      await Promise.race(this.#inFlight);
    return this.#memories.take(length);
  }

  /** Sends what was submitted, and waits while too much is in flight. */
  async send(): Promise<void> {
    const batch = this.#batch;
    if (batch === null) return;
    this.#bytesInFlight += batch.memory.byteLength;
    this.#batch = null;
    const done: Promise<void> = this.#run(batch).finally(() => this.#inFlight.delete(done));
    this.#inFlight.add(done);
    while (this.#isFull) await Promise.race(this.#inFlight);
  }

  get #isFull(): boolean {
    const { size } = this.#inFlight;
    return (
      size >= this.#threads.count * BATCHES_PER_THREAD || (size > 0 && this.#bytesInFlight > BYTES_IN_FLIGHT)
    );
  }

  async #run({ memory, jobs, tellings, settle }: Batch): Promise<void> {
    try {
      const answers = (await this.#threads.run({ memory, jobs }, laneFor(jobs))) as ContentAnswer[];
      let failure: ContentAnswer['failure'] = null;
      for (const [at, answer] of answers.entries()) {
        failure ??= answer.failure;
        if (answer.failure === null) tellings[at]!(answer.found);
      }
      if (failure !== null) throw systemError(failure);
      settle.resolve();
    } catch (error) {
      settle.reject(error);
    }
    this.#bytesInFlight -= memory.byteLength;
    this.#memories.give(memory);
  }
}

/** Small files take longer to create than to fill; large ones are filled side by side. */
function laneFor(jobs: readonly ContentJob[]): number | undefined {
  const written = jobs.find(({ targets }) => targets.length > 0);
  return written === undefined || written.length > LARGE_BYTES ? undefined : laneOf(written.targets[0]!.path);
}

/**
 * Threads that change one folder at the same time wait for each other, which takes longer than changing it: each
 * folder has a thread of its own.
 */
function laneOf(path: string): number {
  let lane = 0;
  for (let at = path.lastIndexOf(sep) - 1; at >= 0; at -= 1)
    lane = (Math.imul(lane, 31) + path.charCodeAt(at)) >>> 0;
  return lane;
}

/** Moves in the same folder that come one after another, not too many together. */
function inFolders(moves: readonly Move[]): Move[][] {
  const batches: Move[][] = [];
  let folder: string | null = null;
  for (const move of moves) {
    const other = move.to.slice(0, move.to.lastIndexOf(sep));
    const batch = batches.at(-1);
    if (batch === undefined || other !== folder || batch.length === MOVES_TOGETHER) batches.push([move]);
    else batch.push(move);
    folder = other;
  }
  return batches;
}

function newBatch(memory: SharedArrayBuffer, filled: number): Batch {
  let settle: Batch['settle'] = { resolve: () => {}, reject: () => {} };
  const done = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  done.catch(() => {}); // whoever submitted looks at it when all is in
  return { memory, jobs: [], tellings: [], done, settle, filled };
}

function put(
  batch: Batch,
  start: number,
  length: number,
  { digest, found, targets, tell }: Submission,
): Submitted {
  batch.jobs.push({ start, length, digest, found, targets });
  batch.tellings.push(tell);
  return batch;
}

/** An error of the system that a thread met, as it would have been here. */
export function systemError({ code, message }: { readonly code: string; readonly message: string }): Error {
  return Object.assign(new Error(message), { code });
}
