import type { WholeRange } from '../base/option-ranges.ts';
import { parseUtcTime } from '../base/utc-time.ts';
import { parseVolumeNumbers, parseVolumeSize } from '../base/volume-text.ts';
import { OptionProblem } from './usage-problem.ts';

/** What `--db` is where it is not given. */
export const DEFAULT_DATABASE = 'indafoto.db';

/** Each makes the parser of one option: text in, value out, or an {@link OptionProblem}. */

export function integerBetween(option: string, [from, to]: WholeRange): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    throw new OptionProblem(option, text, 'expected.integer', { from, to });
  };
}

export function oneOf<Choice extends string>(
  option: string,
  choices: readonly Choice[],
): (text: string) => Choice {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice !== undefined) return choice;
    throw new OptionProblem(option, text, 'expected.choice', { values: choices.join(', ') });
  };
}

function matching(
  option: string,
  pattern: RegExp,
  key: ConstructorParameters<typeof OptionProblem>[2],
): (text: string) => string {
  return (text) => {
    if (pattern.test(text)) return text;
    throw new OptionProblem(option, text, key);
  };
}

/** `2011`, `2011-07` or `2011-07-23`. */
export function day(option: string): (text: string) => string {
  const looksLikeOne = matching(
    option,
    /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/,
    'expected.day',
  );
  return (text) => {
    const day = `${looksLikeOne(text)}${'-01-01'.slice(text.length - 4)}T00:00:00Z`;
    if (new Date(day).toISOString().startsWith(text)) return text;
    throw new OptionProblem(option, text, 'expected.day');
  };
}

/** UTC to the second, from 1970 to 2242, as the manifest and the tar headers write it. */
export function time(option: string): (text: string) => string {
  return (text) => {
    if (parseUtcTime(text) !== null) return text;
    throw new OptionProblem(option, text, 'expected.time');
  };
}

export function exportId(option: string): (text: string) => string {
  return matching(option, /^[A-Za-z0-9._-]{1,64}$/, 'expected.id');
}

const MILLISECONDS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const;

/** An age such as `12h`, `30d`, `8w`, in milliseconds. */
export function age(option: string): (text: string) => number {
  return (text) => {
    const [, number, unit] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
    if (unit === undefined) throw new OptionProblem(option, text, 'expected.age');
    return Number(number) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
  };
}

/** `fat32`, `25G`: bytes. */
export function volumeSize(option: string): (text: string) => number {
  return (text) => {
    const bytes = parseVolumeSize(text);
    if (bytes !== null) return bytes;
    throw new OptionProblem(option, text, 'expected.volumeSize');
  };
}

/** `3-5`: the numbers. */
export function volumeNumbers(option: string): (text: string) => number[] {
  return (text) => {
    const numbers = parseVolumeNumbers(text);
    if (numbers !== null) return numbers;
    throw new OptionProblem(option, text, 'expected.volumes');
  };
}

export function nonEmpty(option: string): (text: string) => string {
  return matching(option, /\S/, 'expected.text');
}

/** The name of a file to write; `-`, which is standard output elsewhere, is none. */
export function fileName(option: string): (text: string) => string {
  const named = nonEmpty(option);
  return (text) => {
    if (text !== '-') return named(text);
    throw new OptionProblem(option, text, 'expected.file');
  };
}

/** For options that may be repeated: the values in their order. */
export function collect<Value>(parse: (text: string) => Value): (text: string, before?: Value[]) => Value[] {
  return (text, before = []) => [...before, parse(text)];
}

export interface PathMap {
  readonly from: string;
  readonly to: string;
}

/** `OLD=NEW`. */
export function pathMap(option: string): (text: string) => PathMap {
  return (text) => {
    const border = text.indexOf('=');
    if (border < 1 || border === text.length - 1) throw new OptionProblem(option, text, 'expected.map');
    return { from: text.slice(0, border), to: text.slice(border + 1) };
  };
}
