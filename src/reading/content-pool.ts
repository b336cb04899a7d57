import type { Digest } from '../base/digest.ts';
import { MemoryPool } from '../base/memory-pool.ts';
import { startThreads, type Threads } from '../base/threads.ts';
import proveContents, {
  type ContentAnswer,
  type ContentBatch,
  type ContentJob,
  type FileTarget,
} from './prove-contents.ts';

/** Small contents travel together: a message costs as much as hashing 50 KB. */
const BATCH_BYTES = 1024 * 1024;

/** Batches that may wait for each thread: enough that none is ever idle. */
const BATCHES_PER_THREAD = 3;

/** Large contents wait for room: this much may be on its way at once, or one content. */
const BYTES_IN_FLIGHT = 8 * 1024 * 1024;

interface Waiting {
  readonly job: ContentJob;
  readonly answer: (found: Digest) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Proves and writes contents in worker threads. Memory is bounded by the batches in flight; their
 * buffers are shared and used again.
 */
export class ContentPool {
  readonly #threads: Threads<ContentBatch, ContentAnswer[]>;
  readonly #memories = new MemoryPool();
  readonly #inFlight = new Set<Promise<void>>();
  #bytesInFlight = 0;
  #memory: SharedArrayBuffer | null = null;
  #filled = 0;
  #waiting: Waiting[] = [];

  private constructor(threads: Threads<ContentBatch, ContentAnswer[]>) {
    this.#threads = threads;
  }

  /** `bytes` of content to come, as far as anybody knows. */
  static async start(threads: number | undefined, bytes: number): Promise<ContentPool> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const module = new URL(`./prove-contents.${extension}`, import.meta.url);
    return new ContentPool(await startThreads(module, proveContents, threads, bytes));
  }

  /**
   * Takes a copy of the content; waits only while too much is in flight. The promise that `answer`
   * holds resolves to the digest found: when it is the one expected, the targets are written.
   */
  async submit(
    content: Buffer,
    digest: Digest,
    targets: readonly FileTarget[],
  ): Promise<{ readonly answer: Promise<Digest> }> {
    if (this.#memory !== null && this.#filled + content.length > this.#memory.byteLength) await this.#send();
    this.#memory ??= await this.#takeMemory(Math.max(content.length, BATCH_BYTES));
    const start = this.#filled;
    Buffer.from(this.#memory, start, content.length).set(content);
    this.#filled += content.length;
    const answer = new Promise<Digest>((resolve, reject) => {
      this.#waiting.push({
        job: { start, length: content.length, digest, targets },
        answer: resolve,
        fail: reject,
      });
    });
    answer.catch(() => {}); // whoever asked looks at it when all of them are in
    return { answer };
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
    const memory = this.#memory;
    if (memory === null) return;
    const waiting = this.#waiting;
    this.#bytesInFlight += memory.byteLength;
    this.#memory = null;
    this.#filled = 0;
    this.#waiting = [];
    const done: Promise<void> = this.#run(memory, waiting).finally(() => this.#inFlight.delete(done));
    this.#inFlight.add(done);
    while (this.#inFlight.size >= this.#threads.count * BATCHES_PER_THREAD)
      await Promise.race(this.#inFlight);
  }

  async #run(memory: SharedArrayBuffer, waiting: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#threads.run({ memory, jobs: waiting.map(({ job }) => job) });
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
