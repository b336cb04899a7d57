import type { ExitStatus } from '../base/errors.ts';
import { THREADS } from '../base/option-ranges.ts';
import { type CommandType, Option } from './commander.ts';
import type { MessageKey } from './messages/en.ts';
import { collect, DEFAULT_DATABASE, integerBetween, nonEmpty } from './option-values.ts';
import type { Session } from './session.ts';
import type { Texts } from './texts.ts';

/** What a command line asks for, ready to be run. */
export type Work = (session: Session) => Promise<ExitStatus>;

/**
 * One command: how it declares arguments, options and examples. Declaring is cheap; what the work
 * itself needs is imported by the work.
 */
export interface CommandDeclaration {
  declare(form: CommandForm): void;
}

export interface OptionForm {
  /** A method, so that a parser may know its own kind of earlier value. */
  parse?(text: string, before?: unknown): unknown;
  readonly standard?: unknown;
  readonly choices?: readonly string[];
}

/** Fills in one command of commander, with texts from the catalogue. */
export class CommandForm {
  readonly #command: CommandType;
  readonly #texts: Texts;
  readonly #choose: (work: Work) => void;

  constructor(command: CommandType, texts: Texts, choose: (work: Work) => void) {
    this.#command = command;
    this.#texts = texts;
    this.#choose = choose;
  }

  about(summary: MessageKey, description: MessageKey): this {
    this.#command.summary(this.#texts.t(summary)).description(this.#texts.t(description));
    return this;
  }

  argument(name: string, key: MessageKey): this {
    const parse = nonEmpty(name.replace(/[<>[\].]/g, ''));
    const description = this.#texts.t(key);
    if (name.includes('...')) this.#command.argument<string[]>(name, description, collect(parse));
    else this.#command.argument<string>(name, description, parse);
    return this;
  }

  option(flags: string, key: MessageKey, form: OptionForm = {}): this {
    const option = new Option(flags, this.#texts.t(key));
    if (form.choices) option.choices(form.choices);
    if (form.standard !== undefined) option.default(form.standard);
    if (form.parse) option.argParser<unknown>(form.parse);
    this.#command.addOption(option);
    return this;
  }

  databaseFile(key: MessageKey = 'option.db', standard: string | null = DEFAULT_DATABASE): this {
    const parse = nonEmpty('--db');
    return this.option('--db <FILE>', key, { parse, ...(standard === null ? {} : { standard }) });
  }

  /** The database, and the folder of its photos. */
  database(key: MessageKey = 'option.db', standard: string | null = DEFAULT_DATABASE): this {
    this.databaseFile(key, standard);
    return this.option('--root <FOLDER>', 'option.root', { parse: nonEmpty('--root') });
  }

  threads(): this {
    return this.option('--threads <N>', 'option.threads', { parse: integerBetween('--threads', THREADS) });
  }

  examples(examples: readonly (readonly [MessageKey, string])[]): this {
    const lines = examples.flatMap(([key, command]) => [`  ${this.#texts.t(key)}`, `    ${command}`]);
    this.#command.addHelpText('after', ['', this.#texts.t('help.examples'), ...lines].join('\n'));
    return this;
  }

  /** What to do when this command is called; arguments and flags come as commander parsed them. */
  run<Flags>(work: (session: Session, args: readonly string[], flags: Flags) => Promise<ExitStatus>): void {
    this.#command.action((...given: unknown[]) => {
      const args = given.slice(0, -2).flat() as string[];
      const flags = given.at(-2) as Flags;
      this.#choose((session) =>
        work(
          session,
          args.filter((arg) => arg !== undefined),
          flags,
        ),
      );
    });
  }
}
