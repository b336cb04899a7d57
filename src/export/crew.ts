import { startThreads, type Threads, usualThreads } from '../base/threads.ts';
import type { ExportOptions } from './options.ts';
import work, { type ExportAnswer, type ExportJob } from './thread-work.ts';

export type ExportThreads = Threads<ExportJob, ExportAnswer>;

/** The threads of one export, which serve all of its phases; they start with the first that is worth it. */
export class Crew {
  readonly #asked: number | undefined;
  #inLine: ExportThreads | null = null;
  #threads: ExportThreads | null = null;

  /** `asked` threads; by the work to come when undefined. */
  constructor(asked: number | undefined) {
    this.#asked = asked;
  }

  /** For so many bytes of work. */
  forWork(bytes: number): ExportThreads {
    const count = this.#asked ?? usualThreads(bytes);
    if (count === 1) return (this.#inLine ??= start(1));
    return (this.#threads ??= start(count));
  }

  /** No thread keeps the database open that is at this path. */
  async leaveArchive(path: string): Promise<void> {
    const jobs = [this.#inLine, this.#threads].flatMap((threads) =>
      Array.from({ length: threads?.count ?? 0 }, (_, lane) => threads!.run({ leave: path }, lane)),
    );
    await Promise.allSettled(jobs);
  }

  async close(): Promise<void> {
    await this.#threads?.close();
  }
}

function start(count: number): ExportThreads {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const module = new URL(`../export/thread-work.${extension}`, import.meta.url);
  return startThreads(module, work, count);
}

/** An export, and the threads that it has. */
export interface ExportRun extends ExportOptions {
  readonly crew: Crew;
}
