import { parentPort, workerData } from 'node:worker_threads';

/** A job on its way to a thread. */
export interface JobMessage {
  readonly number: number;
  readonly job: unknown;
}

/** What became of it. */
export type AnswerMessage = { readonly number: number } & (
  | { readonly answer: unknown }
  | { readonly failure: unknown; readonly code: unknown }
);

/** What the module of the work has. */
interface WorkModule {
  readonly default: (job: unknown) => unknown;
  /** Memory of an answer that goes away with it. What is copied instead stays here until long after. */
  readonly memoryOf?: (answer: unknown) => ArrayBuffer[];
}

const { module } = workerData as { readonly module: string };
const { default: work, memoryOf } = (await import(module)) as WorkModule;

parentPort!.on('message', ({ number, job }: JobMessage) => {
  const message = answered(number, job);
  parentPort!.postMessage(message, 'answer' in message ? memoryOf?.(message.answer) : []);
});

function answered(number: number, job: unknown): AnswerMessage {
  try {
    return { number, answer: work(job) };
  } catch (failure) {
    return { number, failure, code: (failure as { code?: unknown } | null)?.code }; // copies of errors lose it
  }
}
