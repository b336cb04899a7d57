import type { Digest } from '../base/digest.ts';
import { MemoryPool } from '../base/memory-pool.ts';
import { startThreads, type Threads } from '../base/threads.ts';
import type { FrameScanner } from '../bundle/frames-ahead.ts';
import type { OpenedBundle } from './open-bundle.ts';
import { FramePool } from './frame-pool.ts';
import type { ContentAnswer, ContentJob, FileTarget } from './prove-contents.ts';
import work, { type ReadingAnswer, type ReadingJob } from './thread-work.ts';

/** Small contents travel together: a message costs as much as hashing 50 KB. */
const BATCH_BYTES = 1024 * 1024;

/** Batches that may wait for each thread: enough that none is ever idle. */
const BATCHES_PER_THREAD = 3;

/** Large contents wait for room: this much may be on its way at once, or one content. */
const BYTES_IN_FLIGHT = 6 * 1024 * 1024;

interface Waiting {
  readonly job: ContentJob;
  readonly answer: (found: Digest) => void;
  readonly fail: (error: Error) => void;
}

/** Contents that go to a thread together. */
interface Batch {
  readonly memory: SharedArrayBuffer;
  readonly waiting: Waiting[];
  /** Bytes that are used; all of them where the contents lay in this memory already. */
  filled: number;
}

/** What is known of a content that is submitted, and what is to become of it. */
export interface Submission {
  readonly digest: Digest;
  /** The digest of its bytes, where somebody has computed it already. */
  readonly found: Digest | null;
  readonly targets: readonly FileTarget[];
}

/**
 * Proves and writes contents in worker threads, which look at frames ahead, too. Memory is bounded by what is
 * in flight; it is shared and used again.
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
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const module = new URL(`../reading/thread-work.${extension}`, import.meta.url);
    const started = startThreads(module, work, threads, bytes);
    const pool = new ContentPool(started, opened.source?.descriptor ?? null);
    await opened.scanWith(pool.#frames);
    return pool;
  }

  /**
   * Takes a copy of the content, unless it lies in memory of the frames read ahead; waits only while too much
   * is in flight. The promise that `answer` holds resolves to the digest found: when it is the one
   * expected, the targets are written.
   */
  async submit(
    content: Buffer,
    { digest, found, targets }: Submission,
  ): Promise<{ readonly answer: Promise<Digest> }> {
    const { batch, start } = await this.#lay(content);
    const answer = new Promise<Digest>((resolve, reject) => {
      batch.waiting.push({
        job: { start, length: content.length, digest, found, targets },
        answer: resolve,
        fail: reject,
      });
    });
    answer.catch(() => {}); // whoever asked looks at it when all of them are in
    if (content.length >= BATCH_BYTES) await this.#send(); // nothing is worth waiting for
    return { answer };
  }

  /** Where the content lies in the memory of a batch. */
  async #lay(content: Buffer): Promise<{ readonly batch: Batch; readonly start: number }> {
    const memory = this.#memories.pieceOf(content);
    if (memory !== null) {
      const batch = this.#batch?.memory === memory ? this.#batch : await this.#batchIn(memory);
      return { batch, start: content.byteOffset };
    }
    if (this.#batch !== null && this.#batch.filled + content.length > this.#batch.memory.byteLength)
      await this.#send();
    const batch = this.#batch ?? (await this.#batchFor(content.length));
    const start = batch.filled;
    Buffer.from(batch.memory, start, content.length).set(content);
    batch.filled += content.length;
    return { batch, start };
  }

  async #batchIn(memory: SharedArrayBuffer): Promise<Batch> {
    this.#memories.share(memory);
    await this.#send();
    this.#batch = { memory, waiting: [], filled: memory.byteLength };
    return this.#batch;
  }

  async #batchFor(length: number): Promise<Batch> {
    const memory = await this.#takeMemory(Math.max(length, BATCH_BYTES));
    this.#batch = { memory, waiting: [], filled: 0 };
    return this.#batch;
  }

  /** Resolves when nothing is on its way any more. */
  async flush(): Promise<void> {
    await this.#send();
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

  async #send(): Promise<void> {
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

  async #run({ memory, waiting }: Batch): Promise<void> {
    try {
      const jobs = waiting.map(({ job }) => job);
      const answers = (await this.#threads.run({ memory, jobs })) as ContentAnswer[];
      answers.forEach(({ found, failure }, at) => {
        if (failure === null) waiting[at]!.answer(found);
        else waiting[at]!.fail(Object.assign(new Error(failure.message), { code: failure.code }));
      });
    } catch (error) {
      for (const { fail } of waiting) fail(error as Error);
    }
    this.#bytesInFlight -= memory.byteLength;
    this.#memories.give(memory);
  }
}
