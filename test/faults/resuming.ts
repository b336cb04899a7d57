import { words } from '../cli/demo-archives.ts';
import { indabundle, type Ran } from './program.ts';

/** One run in so many is the compiled program's. */
const BY_THE_PROGRAM = 8;

/** Runs a command line in the process of the test, where starting costs nothing. */
export async function runHere(args: readonly string[]): Promise<Ran> {
  const { status, out, err } = await words(args);
  return { status, signal: null, stdout: out, stderr: err };
}

/**
 * Makes what goes on after a fault. Starting the program takes ten times as long as the work that is
 * left: most command lines are run in the process of the test, one in eight by the program.
 */
export function resumer(): (args: readonly string[]) => Promise<Ran> {
  let turn = 0;
  return (args) => {
    turn += 1;
    return turn % BY_THE_PROGRAM === 0 ? indabundle(args) : runHere(args);
  };
}
