import { LOOK_BYTES, type Threads, startThreads, usualThreads } from '../base/threads.ts';
import { READING_WORK } from './reading-work.ts';
import work, { type ReadingAnswer, type ReadingJob } from './thread-work.ts';

/** Files of one message: enough that it costs little. */
const TOGETHER = 1000;

/** Counts files that have the size that they should; threads look for them. */
export class FileCount {
  readonly #threads: Threads<ReadingJob, ReadingAnswer>;
  readonly #counts: Promise<ReadingAnswer>[] = [];
  #paths: string[] = [];
  #sizes: number[] = [];

  /** For about so many files; `threads` where somebody says how many. */
  constructor(files: number, threads: number | undefined) {
    this.#threads = startThreads(READING_WORK, work, threads ?? usualThreads(files * LOOK_BYTES));
  }

  /** `size` in bytes. */
  add(path: string, size: number): void {
    this.#paths.push(path);
    this.#sizes.push(size);
    if (this.#sizes.length === TOGETHER) this.#look();
  }

  async total(): Promise<number> {
    this.#look();
    const counts = (await Promise.all(this.#counts)) as number[];
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    await this.#threads.close();
  }

  #look(): void {
    const job = { paths: this.#paths, sizes: Float64Array.from(this.#sizes) };
    const count = this.#threads.run(job);
    count.catch(() => {}); // looked at when all are in
    this.#counts.push(count);
    this.#paths = [];
    this.#sizes = [];
  }
}
