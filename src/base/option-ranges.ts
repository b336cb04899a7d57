import { BundleError } from './errors.ts';

/** What an option takes: whole numbers from the first to the last. */
export type WholeRange = readonly [from: number, to: number];

export const THREADS: WholeRange = [1, 256];

/** Of zstd. */
export const LEVELS: WholeRange = [-7, 19];

/**
 * Holds a number against what an option takes; where it is left out, nothing is wrong with it.
 *
 * @throws BundleError `option-value`
 */
export function checkWhole(option: string, value: number | undefined, [from, to]: WholeRange): void {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return;
  throw new BundleError('option-value', {
    params: { option, found: String(value), expected: `a whole number from ${from} to ${to}` },
  });
}

/** @throws BundleError `option-value` for a word that is none of the choices */
export function checkChoice(option: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new BundleError('option-value', {
    params: { option, found: value, expected: `one of ${choices.join(', ')}` },
  });
}
