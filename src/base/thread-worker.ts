import { parentPort, workerData } from 'node:worker_threads';

/** A job on its way to a thread. */
export interface JobMessage {
  readonly number: number;
  readonly job: unknown;
}

/** What became of it. */
export type AnswerMessage = { readonly number: number } & (
  | { readonly answer: unknown }
  | { readonly failure: unknown }
);

const { module } = workerData as { readonly module: string };
const { default: work } = (await import(module)) as { readonly default: (job: unknown) => unknown };

parentPort!.on('message', ({ number, job }: JobMessage) => {
  parentPort!.postMessage(answered(number, job));
});

function answered(number: number, job: unknown): AnswerMessage {
  try {
    return { number, answer: work(job) };
  } catch (failure) {
    return { number, failure };
  }
}
