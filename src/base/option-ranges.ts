import { BundleError } from './errors.ts';

/** The most threads that may be asked for. */
const MOST_THREADS = 256;

/**
 * Holds a number against what an option takes; where it is left out, nothing is wrong with it.
 *
 * @throws BundleError `option-value`
 */
export function checkWhole(option: string, value: number | undefined, from: number, to: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return;
  throw new BundleError('option-value', {
    params: { option, found: String(value), expected: `a whole number from ${from} to ${to}` },
  });
}

/** @throws BundleError `option-value` */
export function checkThreads(threads: number | undefined): void {
  checkWhole('--threads', threads, 1, MOST_THREADS);
}

/** @throws BundleError `option-value` for a word that is none of the choices */
export function checkChoice(option: string, value: string | undefined, choices: readonly string[]): void {
  if (value === undefined || choices.includes(value)) return;
  throw new BundleError('option-value', {
    params: { option, found: value, expected: `one of ${choices.join(', ')}` },
  });
}
