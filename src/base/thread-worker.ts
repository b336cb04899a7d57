import { parentPort, workerData } from 'node:worker_threads';

/** A job on its way to a thread, or the module that does those behind it. */
export type ThreadMessage = { readonly number: number; readonly job: unknown } | { readonly module: string };

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

const load = (module: string) => import(module) as Promise<WorkModule>;

let loading = load((workerData as { readonly module: string }).module);
await loading;

parentPort!.on('message', (message: ThreadMessage) => {
  if ('module' in message) loading = load(message.module);
  else void loading.then((module) => answer(message.number, message.job, module));
});

function answer(number: number, job: unknown, { default: work, memoryOf }: WorkModule): void {
  const message = answered(number, job, work);
  parentPort!.postMessage(message, 'answer' in message ? memoryOf?.(message.answer) : []);
}

function answered(number: number, job: unknown, work: WorkModule['default']): AnswerMessage {
  try {
    return { number, answer: work(job) };
  } catch (failure) {
    return { number, failure, code: (failure as { code?: unknown } | null)?.code }; // copies of errors lose it
  }
}
