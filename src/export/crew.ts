import { startThreads, type Threads, usualThreads, workModule } from '../base/threads.ts';
import type { ExportOptions } from './options.ts';
import work, { type ExportAnswer, type ExportJob } from './thread-work.ts';

export type ExportThreads = Threads<ExportJob, ExportAnswer>;

const EXPORT_WORK = workModule('thread-work', import.meta.url);

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
    for (const threads of [this.#inLine, this.#threads]) await threads?.onEach({ leave: path });
  }

  async close(): Promise<void> {
    await this.#threads?.close();
  }
}

const start = (count: number): ExportThreads => startThreads(EXPORT_WORK, work, count);

/** An export, and the threads that it has. */
export interface ExportRun extends ExportOptions {
  readonly crew: Crew;
}
