import type { Observer } from '../base/events.ts';
import { BundleError, type ErrorCode, EXIT, type ExitStatus } from '../base/errors.ts';
import { commandText } from './command-text.ts';
import { type EventLog, noLog } from './event-log.ts';
import { errorDocument, knownError, stackOf } from './known-error.ts';
import type { MessageKey } from './messages/en.ts';
import { writeDocument } from './output/json-document.ts';
import { type Page, pageFor, prose } from './output/page.ts';
import { Printer } from './output/printer.ts';
import { type Display, noDisplay } from './progress/display.ts';
import { errorLines, mistakenLines } from './reports/error-report.ts';
import type { Surroundings } from './surroundings.ts';
import type { Texts } from './texts.ts';

/** Failures of the surroundings that the same command would only meet again. */
const MEET_AGAIN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'output-failed',
  'write-protected',
  'file-too-large',
  'file-limit-reached',
]);

/** The options that every command has. */
export interface CommonFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly lang?: string;
  readonly logFile?: string;
}

/** Runs another command line in the same surroundings but for those given. */
export type RunAgain = (argv: readonly string[], instead: Partial<Surroundings>) => Promise<ExitStatus>;

export interface SessionParts {
  readonly command: string;
  readonly argv: readonly string[];
  readonly texts: Texts;
  readonly flags: CommonFlags;
  readonly world: Surroundings;
  readonly again: RunAgain;
}

/** One command while it runs: what it was asked, and the ways to show how it goes and what came out. */
export class Session {
  readonly command: string;
  readonly argv: readonly string[];
  readonly texts: Texts;
  readonly flags: CommonFlags;
  readonly world: Surroundings;
  readonly again: RunAgain;
  log: EventLog = noLog;
  #stdoutTaken = false;

  constructor(parts: SessionParts) {
    this.command = parts.command;
    this.argv = parts.argv;
    this.texts = parts.texts;
    this.flags = parts.flags;
    this.world = parts.world;
    this.again = parts.again;
  }

  get json(): boolean {
    return this.flags.json === true;
  }

  get quiet(): boolean {
    return this.flags.quiet === true;
  }

  /** True when a person can be asked something. */
  get asks(): boolean {
    return !this.json && this.world.stdin.isTTY === true && this.world.stdout.isTTY === true;
  }

  /** Asks before something goes; no is what a hasty Enter answers. */
  async confirmed(question: MessageKey): Promise<boolean> {
    const { confirmed } = await import('./output/confirmed.ts');
    if (await confirmed(this.texts, question, false)) return true;
    await this.print([this.texts.t('apply.declined')]);
    return false;
  }

  /** Gives standard output to the command's data; what the program says goes to standard error. */
  takeStdout(): void {
    this.#stdoutTaken = true;
  }

  /** What results are set on. */
  get page(): Page {
    return pageFor(this.#results, this.texts, this.world.env);
  }

  /** Where results are printed. */
  get printer(): Printer {
    return new Printer(this.#results);
  }

  get #results() {
    return this.#stdoutTaken ? this.world.stderr : this.world.stdout;
  }

  async print(lines: readonly string[]): Promise<void> {
    await this.printer.lines(lines);
  }

  /** Writes the one JSON document of this run. */
  async answer(document: object): Promise<void> {
    const { printer } = this;
    await writeDocument((text) => printer.print(text), document);
  }

  /** Runs a use case while its progress is shown and logged. */
  async watch<Result>(work: (observer: Observer, signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const display = await this.#display();
    const observer: Observer = (event) => {
      display.observer(event);
      this.log.observer(event);
    };
    const { signal } = this.world;
    const sayStopping = () => {
      for (const line of prose(this.page, this.texts.t('run.stopping'))) display.say(line);
    };
    signal.addEventListener('abort', sayStopping, { once: true });
    try {
      return await work(observer, signal);
    } finally {
      signal.removeEventListener('abort', sayStopping);
      display.stop();
    }
  }

  /** Ends the run with an error: a document with `--json`, else words on standard error. */
  async fail(thrown: unknown): Promise<ExitStatus> {
    const error = knownError(thrown);
    if (this.json) {
      this.logError(error);
      await this.answer({ command: this.command, exitStatus: error.exitStatus, error: errorDocument(error) });
    } else {
      await this.tellError(error);
    }
    return error.exitStatus;
  }

  /** Tells an error in words, with the command to go on with where there is one. */
  async tellError(error: BundleError): Promise<void> {
    this.logError(error);
    const { stderr, env } = this.world;
    const page = pageFor(stderr, this.texts, env);
    const { exitStatus, code } = error;
    const repeatable = exitStatus === 130 || (exitStatus === 6 && !MEET_AGAIN.has(code));
    const printer = new Printer(stderr);
    const mistaken =
      exitStatus === EXIT.refused ? await (await import('./mistaken-file.ts')).mistakenFile(error) : null;
    await printer.lines(
      mistaken === null
        ? errorLines(page, error, repeatable ? commandText(this.argv) : null)
        : mistakenLines(page, error, mistaken),
    );
    if (env['INDABUNDLE_DEBUG']) await printer.lines([stackOf(error)]);
  }

  logError(error: BundleError): void {
    this.log.write('error', error.message, { ...errorDocument(error), stack: stackOf(error) });
  }

  async #display(): Promise<Display> {
    if (this.quiet) return noDisplay;
    const { stderr, env } = this.world;
    if (this.json) return (await import('./progress/json-display.ts')).jsonDisplay(stderr);
    const page = pageFor(stderr, this.texts, env);
    if (page.isTerminal && env['TERM'] !== 'dumb') {
      const { BarDisplay } = await import('./progress/bar-display.ts');
      return new BarDisplay(page, stderr);
    }
    const { LineDisplay } = await import('./progress/line-display.ts');
    return new LineDisplay(page, stderr);
  }
}
