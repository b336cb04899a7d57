import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { AnswerMessage, JobMessage } from './thread-worker.ts';

/** More than this gains nothing: the disk and the main thread are the limit by then. */
const MOST_THREADS = 4;

/** Less work than this is done before threads have started. */
const WORTHWHILE_BYTES = 16 * 1024 * 1024;

/** Jobs that a thread has at a time: when one is done, the next is there already. */
const JOBS_EACH = 2;

/** MiB of short-lived objects in each thread: jobs leave little behind. */
const YOUNG_MIB = 4;

/** Runs jobs in worker threads, or in line where there is only one. */
export interface Threads<Job, Answer> {
  readonly count: number;
  /** Jobs of one lane, which is any whole number, go to the same thread. */
  run(job: Job, lane?: number): Promise<Answer>;
  close(): Promise<void>;
}

/** How many threads to use when nobody says: one per core, at most four, and none for little work. */
export function usualThreads(bytes: number): number {
  return bytes < WORTHWHILE_BYTES ? 1 : Math.min(availableParallelism(), MOST_THREADS);
}

/**
 * Starts threads that run the default export of a compiled module. With one thread, or where the
 * module is not compiled, `inline` does the same work in line, so that there is one code for both.
 */
export function startThreads<Job, Answer>(
  module: URL,
  inline: (job: Job) => Answer,
  count: number,
): Threads<Job, Answer> {
  return count <= 1 || module.pathname.endsWith('.ts') ? inLine(inline) : new WorkerThreads(module, count);
}

function inLine<Job, Answer>(work: (job: Job) => Answer): Threads<Job, Answer> {
  return { count: 1, run: async (job) => work(job), close: async () => {} };
}

interface Task<Job, Answer> {
  readonly job: Job;
  readonly lane: number | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (failure: unknown) => void;
}

/** A worker, and the jobs that it has, by number. */
interface Station<Job, Answer> {
  readonly worker: Worker;
  readonly tasks: Map<number, Task<Job, Answer>>;
}

/**
 * The threads themselves. Jobs here are short and many, with memory that is shared: the general pools that
 * were tried took some 370 microseconds for handing one over, this takes 15.
 */
class WorkerThreads<Job, Answer> implements Threads<Job, Answer> {
  readonly count: number;
  readonly #stations: readonly Station<Job, Answer>[];
  #queue: Task<Job, Answer>[] = [];
  #number = 0;
  /** Why no thread works any more. */
  #failure: unknown = null;

  constructor(module: URL, count: number) {
    this.count = count;
    this.#stations = Array.from({ length: count }, () => this.#start(module));
  }

  run(job: Job, lane?: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      this.#queue.push({ job, lane, resolve, reject });
      this.#handOut();
    });
  }

  async close(): Promise<void> {
    this.#failure ??= new Error('the threads are closed');
    await Promise.all(this.#stations.map(({ worker }) => worker.terminate()));
  }

  #start(module: URL): Station<Job, Answer> {
    const worker = new Worker(new URL('./thread-worker.js', import.meta.url), {
      workerData: { module: module.href },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    const station: Station<Job, Answer> = { worker, tasks: new Map() };
    worker.on('message', (message: AnswerMessage) => this.#take(station, message));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('a thread has ended')));
    return station;
  }

  #handOut(): void {
    if (this.#queue.length > 0) this.#queue = this.#queue.filter((task) => !this.#handed(task));
  }

  /** False where the threads that may do it have enough to do. */
  #handed(task: Task<Job, Answer>): boolean {
    const { worker, tasks } = this.#stationFor(task.lane);
    if (tasks.size >= JOBS_EACH) return false;
    const message: JobMessage = { number: (this.#number += 1), job: task.job };
    tasks.set(message.number, task);
    worker.postMessage(message);
    return true;
  }

  #stationFor(lane: number | undefined): Station<Job, Answer> {
    if (lane !== undefined) return this.#stations[lane % this.count]!;
    return this.#stations.reduce((one, other) => (other.tasks.size < one.tasks.size ? other : one));
  }

  #take({ tasks }: Station<Job, Answer>, message: AnswerMessage): void {
    const task = tasks.get(message.number)!;
    tasks.delete(message.number);
    if ('failure' in message) task.reject(message.failure);
    else task.resolve(message.answer as Answer);
    this.#handOut();
  }

  #fail(failure: unknown): void {
    this.#failure ??= failure;
    for (const { tasks } of this.#stations) {
      for (const { reject } of tasks.values()) reject(this.#failure);
      tasks.clear();
    }
    for (const { reject } of this.#queue.splice(0)) reject(this.#failure);
  }
}
