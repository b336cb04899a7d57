import type { CommanderError } from 'commander';
import { BundleError, type ErrorParams, fill } from '../base/errors.ts';
import { en, type MessageKey } from './messages/en.ts';
import type { Localized, Texts, Values } from './texts.ts';

type ProblemKey = Extract<MessageKey, `problem.${string}`>;
type ExpectedKey = Extract<MessageKey, `expected.${string}`>;

/** Wrong usage of the command line; the text is in the catalogue of each language. */
export class UsageProblem extends BundleError implements Localized {
  readonly #key: ProblemKey;
  readonly #values: Values;
  readonly #suggestion: string | undefined;

  constructor(key: ProblemKey, values: Values = {}, more: { command?: string; suggestion?: string } = {}) {
    const hint = more.suggestion ? ` ${fill(en['problem.did-you-mean'], { name: more.suggestion })}` : '';
    super('usage', { params: { problem: fill(en[key], values) + hint, command: more.command ?? '' } });
    this.#key = key;
    this.#values = values;
    this.#suggestion = more.suggestion;
  }

  localParams(texts: Texts): ErrorParams {
    const problem = texts.t(this.#key, this.#values);
    const hint = this.#suggestion ? ` ${texts.t('problem.did-you-mean', { name: this.#suggestion })}` : '';
    return { ...this.params, problem: problem + hint };
  }
}

/** An option got a value that it cannot use. */
export class OptionProblem extends BundleError implements Localized {
  readonly #key: ExpectedKey;
  readonly #values: Values;

  constructor(option: string, found: string, key: ExpectedKey, values: Values = {}) {
    super('option-value', { params: { option, found, expected: fill(en[key], values) } });
    this.#key = key;
    this.#values = values;
  }

  localParams(texts: Texts): ErrorParams {
    return { ...this.params, expected: texts.t(this.#key, this.#values) };
  }
}

const PROBLEM_OF: Readonly<Record<string, ProblemKey>> = {
  'commander.unknownCommand': 'problem.unknown-command',
  'commander.unknownOption': 'problem.unknown-option',
  'commander.missingArgument': 'problem.missing-argument',
  'commander.optionMissingArgument': 'problem.option-needs-value',
  'commander.excessArguments': 'problem.excess-arguments',
  'commander.help': 'problem.no-command',
};

/** Turns what commander objects to into our own error, so that it has a status, a language and JSON. */
export function asUsageProblem(error: CommanderError, command: string, excess: string): UsageProblem {
  const key = PROBLEM_OF[error.code];
  if (key === undefined) {
    return new UsageProblem('problem.other', { message: error.message.replace(/^error: /, '') }, { command });
  }
  const named = /'(.*?)'/.exec(error.message)?.[1] ?? '';
  const name = key === 'problem.excess-arguments' ? excess : named;
  const suggestion = /\(Did you mean (?:one of )?(.*?)\?\)/.exec(error.message)?.[1];
  return new UsageProblem(key, { name }, { command, ...(suggestion === undefined ? {} : { suggestion }) });
}
