import type { Readable } from 'node:stream';
import type { Surroundings } from './surroundings.ts';
import { UsageProblem } from './usage-problem.ts';

/** The name under which standard input is given. */
export const STANDARD_INPUT = '-';

/** @throws UsageProblem when standard input is named twice, or is a keyboard */
export function checkInputs(names: readonly string[], world: Surroundings, command: string): void {
  const fromStdin = names.filter((name) => name === STANDARD_INPUT).length;
  if (fromStdin > 1) throw new UsageProblem('problem.stdin-twice', {}, { command });
  if (fromStdin === 1 && world.stdin.isTTY) throw new UsageProblem('problem.stdin-terminal', {}, { command });
}

export function openInput(name: string, world: Surroundings): string | Readable {
  return name === STANDARD_INPUT ? world.stdin : name;
}
