import type { Readable } from 'node:stream';
import { type BundleError, EXIT, type ExitStatus } from '../base/errors.ts';
import { namingInput, openInput } from './bundle-inputs.ts';
import type { FoundSeries } from '../inspect/find-series.ts';
import { errorDocument, knownError } from './known-error.ts';
import { seriesLines } from './reports/series-report.ts';
import { type Ended, severalLines } from './reports/several-report.ts';
import type { BundleInputs } from './series-inputs.ts';
import type { Session } from './session.ts';

/** What a command does with each of the bundles that it is given. */
export interface BundleTask<Result> {
  process(input: string | Readable, name: string): Promise<Result>;
  /** Prints the result for people. */
  show(result: Result, name: string): Promise<void>;
  /** The result as the JSON document and the log have it. */
  document(result: Result): object;
  /** Members of the JSON document that are as long as the bundle. */
  lists?(result: Result): object;
  /** Asked when everything is shown. */
  statusOf(result: Result): ExitStatus;
  release?(result: Result): Promise<void>;
  /** One status for all bundles. */
  combine(statuses: readonly ExitStatus[]): ExitStatus;
  /** Whether the next bundle is worth trying after this error. */
  goesOnAfter(error: BundleError): boolean;
  /** Whether each is judged, so that there is something to say of all of them. */
  readonly judges?: boolean;
}

/** Processes bundles one after the other; with `--json` into one document that grows as they are done. */
export async function workThrough<Result>(
  session: Session,
  { names, series }: BundleInputs,
  task: BundleTask<Result>,
): Promise<ExitStatus> {
  const round = new Round(session, task);
  if (session.json) {
    await session.answer({
      command: session.command,
      ...(series.length === 0 ? {} : { series }),
      results: round.documents(names),
      exitStatus: () => round.status,
      error: () => round.firstError && errorDocument(round.firstError),
    });
  } else {
    if (!session.quiet) await session.print(seriesLines(session.page, series));
    await round.show(names, series);
  }
  return round.status;
}

class Round<Result> {
  readonly #session: Session;
  readonly #task: BundleTask<Result>;
  readonly #ended: Ended[] = [];
  firstError: BundleError | undefined;

  constructor(session: Session, task: BundleTask<Result>) {
    this.#session = session;
    this.#task = task;
  }

  get status(): ExitStatus {
    return this.#task.combine(this.#ended.map(({ status }) => status));
  }

  async show(names: readonly string[], series: readonly FoundSeries[]): Promise<void> {
    await this.#showEach(names);
    const missing = series.flatMap((one) => (one.missing.length > 0 ? [one.missing] : []));
    const isQuiet = this.#session.quiet && this.status === EXIT.whole && missing.length === 0;
    if (names.length + missing.length > 1 && this.#task.judges === true && !isQuiet)
      await this.#session.print(severalLines(this.#session.page, this.#ended, names.length, missing));
  }

  async #showEach(names: readonly string[]): Promise<void> {
    for (const [index, name] of names.entries()) {
      if (index > 0) await this.#session.print(['']);
      try {
        const result = await this.#process(name);
        await this.#task.show(result, name);
        await this.#finish(result, name);
      } catch (thrown) {
        const error = this.#note(thrown, name);
        await this.#session.tellError(namingInput(error));
        if (!this.#task.goesOnAfter(error)) return;
      }
    }
  }

  /** The results as documents; one that failed has its error instead. */
  async *documents(names: readonly string[]): AsyncGenerator<object> {
    for (const name of names) {
      try {
        const result = await this.#process(name);
        yield { ...this.#task.document(result), ...this.#task.lists?.(result) };
        await this.#finish(result, name);
      } catch (thrown) {
        const error = this.#note(thrown, name);
        this.#session.logError(error);
        yield { input: name, error: errorDocument(error) };
        if (!this.#task.goesOnAfter(error)) return;
      }
    }
  }

  #process(name: string): Promise<Result> {
    return this.#task.process(openInput(name, this.#session.world), name);
  }

  async #finish(result: Result, name: string): Promise<void> {
    this.#ended.push({ name, status: this.#task.statusOf(result) });
    this.#session.log.write('info', 'result', this.#task.document(result));
    await this.#task.release?.(result);
  }

  #note(thrown: unknown, name: string): BundleError {
    const error = knownError(thrown);
    this.firstError ??= error;
    this.#ended.push({ name, status: error.exitStatus, error: error.code });
    return error;
  }
}
