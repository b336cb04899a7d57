import type { Readable } from 'node:stream';
import { BundleError } from '../base/errors.ts';
import type { Surroundings } from './surroundings.ts';
import type { Texts } from './texts.ts';
import { UsageProblem } from './usage-problem.ts';

/** The name under which standard input is given. */
export const STANDARD_INPUT = '-';

/** @throws UsageProblem when standard input is named twice, or is a keyboard */
export function checkInputs(names: readonly string[], world: Surroundings, command: string): void {
  const fromStdin = names.filter((name) => name === STANDARD_INPUT).length;
  if (fromStdin > 1) throw new UsageProblem('problem.stdin-twice', {}, { command });
  if (fromStdin === 1 && world.stdin.isTTY) throw new UsageProblem('problem.stdin-terminal', {}, { command });
}

/** What a library function reads. Standard input ends when the user stops: nobody waits for what may never come. */
export function openInput(name: string, { stdin, signal }: Surroundings): string | Readable {
  if (name !== STANDARD_INPUT) return name;
  signal.addEventListener('abort', () => stdin.destroy(signal.reason as Error), { once: true });
  return stdin;
}

/** What a bundle is called in a report. */
export function shownName(name: string, texts: Texts): string {
  return name === STANDARD_INPUT ? texts.t('input.stdin') : name;
}

/** An error about standard input, for people: nobody knows it as `-`. */
export function namingInput(error: BundleError): BundleError {
  const { code, params, cause, findings } = error;
  if (params['path'] !== STANDARD_INPUT) return error;
  return new BundleError(code, { params: { ...params, path: 'standard input' }, cause, findings });
}
