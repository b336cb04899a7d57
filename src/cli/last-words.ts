import { knownError } from './known-error.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * For an error that came from outside of the work that anybody waits for (a stream that nobody
 * listened to): told as every other error is, and the process ends with its status.
 */
export async function lastWords(
  thrown: unknown,
  argv: readonly string[],
  world: Surroundings,
): Promise<void> {
  const error = knownError(thrown);
  const { failApart } = await import('./run-session.ts');
  await failApart(error, argv, world).catch(() => {});
  process.exit(error.exitStatus);
}
