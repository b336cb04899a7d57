import { availableParallelism } from 'node:os';
import type { Tinypool } from 'tinypool';

/** More than this gains nothing: the disk and the main thread are the limit by then. */
const MOST_THREADS = 4;

/** Less work than this is done before threads have started. */
const WORTHWHILE_BYTES = 16 * 1024 * 1024;

/** Runs jobs in worker threads, or in line where there is only one. */
export interface Threads<Job, Answer> {
  readonly count: number;
  run(job: Job): Promise<Answer>;
  close(): Promise<void>;
}

/** How many threads to use when nobody says: one per core, at most four, and none for little work. */
function usualThreads(bytes: number): number {
  return bytes < WORTHWHILE_BYTES ? 1 : Math.min(availableParallelism(), MOST_THREADS);
}

/**
 * Starts threads that run the default export of a compiled module. With one thread, or where the
 * module is not compiled, `inline` does the same work in line, so that there is one code for both.
 * Where no `threads` are asked for, it goes by the bytes of work to come, as far as anybody knows.
 */
export async function startThreads<Job, Answer>(
  module: URL,
  inline: (job: Job) => Answer,
  threads: number | undefined,
  bytes: number,
): Promise<Threads<Job, Answer>> {
  const count = threads ?? usualThreads(bytes);
  if (count <= 1 || module.pathname.endsWith('.ts')) return inLine(inline);
  const { Tinypool: Pool } = await import('tinypool');
  const pool: Tinypool = new Pool({
    filename: module.href,
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: 2,
  });
  return { count, run: (job) => pool.run(job) as Promise<Answer>, close: () => pool.destroy() };
}

function inLine<Job, Answer>(work: (job: Job) => Answer): Threads<Job, Answer> {
  return { count: 1, run: async (job) => work(job), close: async () => {} };
}
