import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { AnswerMessage, ThreadMessage } from './thread-worker.ts';

/** More than this gains nothing: the disk and the main thread are the limit by then. */
const MOST_THREADS = 4;

/** Less work than this is done before threads have started. */
const WORTHWHILE_BYTES = 16 * 1024 * 1024;

/** What looking at a file takes, as bytes of other work. */
export const LOOK_BYTES = 4096;

/** Jobs that a thread has at a time: when one is done, the next is there already. */
const JOBS_EACH = 2;

/** MiB of short-lived objects in each thread: jobs leave little behind. */
const YOUNG_MIB = 4;

/** Runs jobs in worker threads, or in line where there is only one. */
export interface Threads<Job, Answer> {
  readonly count: number;
  /** Jobs of one lane, which is any whole number, go to the same thread. */
  run(job: Job, lane?: number): Promise<Answer>;
  /** Has each thread do the same, if it still works. */
  onEach(job: Job): Promise<void>;
  close(): Promise<void>;
}

/** How many threads to use when nobody says: one per core, at most four, and none for little work. */
export function usualThreads(bytes: number): number {
  return bytes < WORTHWHILE_BYTES ? 1 : Math.min(availableParallelism(), MOST_THREADS);
}

/** The module `name` beside the one at `url`, for {@link startThreads}. */
export function workModule(name: string, url: string): URL {
  return new URL(`./${name}.${url.endsWith('.ts') ? 'ts' : 'js'}`, url);
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
  return count <= 1 || !isCompiled(module) ? inLine(inline) : new WorkerThreads(module, count);
}

const isCompiled = (module: URL) => !module.pathname.endsWith('.ts');

function inLine<Job, Answer>(work: (job: Job) => Answer): Threads<Job, Answer> {
  return {
    count: 1,
    run: async (job) => work(job),
    onEach: async (job) => void work(job),
    close: async () => {},
  };
}

/** Threads that nobody has asked for yet. */
const early: Thread<unknown, unknown>[] = [];

/**
 * Begins to start threads that `startThreads` will be asked for, most likely with this module: they load while
 * the rest of the program does. Until then they keep nobody waiting.
 */
export function startEarly(module: URL, count: number): void {
  if (count <= 1 || !isCompiled(module)) return;
  for (let more = count - early.length; more > 0; more -= 1) {
    const thread = new Thread(module);
    thread.unref();
    early.push(thread);
  }
}

/** As many as are asked for, the early ones among them. */
function takeThreads<Job, Answer>(module: URL, count: number): Thread<Job, Answer>[] {
  const waiting = early.splice(0, count) as Thread<Job, Answer>[];
  for (const thread of waiting) {
    thread.ref();
    thread.use(module);
  }
  const more = Array.from({ length: count - waiting.length }, () => new Thread<Job, Answer>(module));
  return [...waiting, ...more];
}

interface Task<Job, Answer> {
  readonly job: Job;
  readonly lane: number | undefined;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (failure: unknown) => void;
}

/** One worker thread, and the jobs that it has. */
class Thread<Job, Answer> {
  readonly #worker: Worker;
  readonly #tasks = new Map<number, Task<Job, Answer>>();
  #module: string;
  #number = 0;
  /** Why it works no more. */
  failure: unknown = null;
  /** Called when it has done a job, or has failed. */
  whenFree: () => void = () => {};

  constructor(module: URL) {
    this.#module = module.href;
    this.#worker = new Worker(new URL('./thread-worker.js', import.meta.url), {
      workerData: { module: module.href },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    this.#worker.on('message', (message: AnswerMessage) => this.#take(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('a thread has ended')));
  }

  /** Jobs that are not done yet. */
  get load(): number {
    return this.#tasks.size;
  }

  ref(): void {
    this.#worker.ref();
  }

  unref(): void {
    this.#worker.unref();
  }

  /** Another module does the jobs from now on. */
  use(module: URL): void {
    if (this.#module !== module.href) this.#post({ module: module.href });
    this.#module = module.href;
  }

  give(task: Task<Job, Answer>): void {
    this.#number += 1;
    this.#tasks.set(this.#number, task);
    this.#post({ number: this.#number, job: task.job });
  }

  #post(message: ThreadMessage): void {
    this.#worker.postMessage(message);
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(message: AnswerMessage): void {
    const task = this.#tasks.get(message.number)!;
    this.#tasks.delete(message.number);
    if ('failure' in message) task.reject(failureIn(message));
    else task.resolve(message.answer as Answer);
    this.whenFree();
  }

  #fail(failure: unknown): void {
    this.failure ??= failure;
    for (const { reject } of this.#tasks.values()) reject(this.failure);
    this.#tasks.clear();
    this.whenFree();
  }
}

function failureIn({ failure, code }: { failure: unknown; code: unknown }): unknown {
  return failure instanceof Error && code !== undefined ? Object.assign(failure, { code }) : failure;
}

/**
 * The threads themselves. Jobs here are short and many, with memory that is shared: the general pools that
 * were tried took some 370 microseconds for handing one over, this takes 15.
 */
class WorkerThreads<Job, Answer> implements Threads<Job, Answer> {
  readonly count: number;
  readonly #threads: readonly Thread<Job, Answer>[];
  #queue: Task<Job, Answer>[] = [];
  #closed: Error | null = null;

  constructor(module: URL, count: number) {
    this.count = count;
    this.#threads = takeThreads(module, count);
    for (const thread of this.#threads) thread.whenFree = () => this.#handOut();
  }

  run(job: Job, lane?: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ job, lane, resolve, reject });
      this.#handOut();
    });
  }

  async onEach(job: Job): Promise<void> {
    await Promise.allSettled(this.#threads.map((_, lane) => this.run(job, lane)));
  }

  async close(): Promise<void> {
    this.#closed ??= new Error('the threads are closed');
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /** Why no thread works any more: where one has failed, the work is lost. */
  get #failure(): unknown {
    return this.#closed ?? this.#threads.find(({ failure }) => failure !== null)?.failure ?? null;
  }

  #handOut(): void {
    if (this.#queue.length === 0) return;
    const failure = this.#failure;
    if (failure === null) this.#queue = this.#queue.filter((task) => !this.#handed(task));
    else for (const { reject } of this.#queue.splice(0)) reject(failure);
  }

  /** False where the threads that may do it have enough to do. */
  #handed(task: Task<Job, Answer>): boolean {
    const thread = this.#threadFor(task.lane);
    if (thread.load >= JOBS_EACH) return false;
    thread.give(task);
    return true;
  }

  #threadFor(lane: number | undefined): Thread<Job, Answer> {
    if (lane !== undefined) return this.#threads[lane % this.count]!;
    return this.#threads.reduce((one, other) => (other.load < one.load ? other : one));
  }
}
