import { startThreads, type Threads, usualThreads } from '../base/threads.ts';
import type { ExportOptions } from './options.ts';
import work, { type ExportAnswer, type ExportJob } from './thread-work.ts';

export type ExportThreads = Threads<ExportJob, ExportAnswer>;

/** The threads of one export, which serve all of its phases; they start with the first that is worth it. */
export class Crew {
  readonly #asked: number | undefined;
  #threads: ExportThreads | null = null;

  /** `asked` threads; by the work to come when undefined. */
  constructor(asked: number | undefined) {
    this.#asked = asked;
  }

  /** For so many bytes of work. */
  forWork(bytes: number): ExportThreads {
    const count = this.#asked ?? usualThreads(bytes);
    if (this.#threads !== null && this.#threads.count >= count) return this.#threads;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const module = new URL(`../export/thread-work.${extension}`, import.meta.url);
    this.#threads = startThreads(module, work, count);
    return this.#threads;
  }

  async close(): Promise<void> {
    await this.#threads?.close();
  }
}

/** An export, and the threads that it has. */
export interface ExportRun extends ExportOptions {
  readonly crew: Crew;
}
