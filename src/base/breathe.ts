import { setImmediate as turn } from 'node:timers/promises';

/** The event loop waits no longer than that: a bar would stand still, and a Ctrl-C would not be heard. */
const LONGEST_MILLISECONDS = 20;

let lastTurn = performance.now();

/** True where the event loop has waited for a while: then {@link breathe} is to be awaited. For loops so tight that awaiting it each time would tell. */
export function needsToBreathe(): boolean {
  return performance.now() - lastTurn >= LONGEST_MILLISECONDS;
}

/**
 * To be awaited in every turn of a loop that can be long and waits for nothing, such as one over rows:
 * where it has run for a while, the event loop has its turn.
 */
export async function breathe(): Promise<void> {
  if (!needsToBreathe()) return;
  await turn();
  lastTurn = performance.now();
}
