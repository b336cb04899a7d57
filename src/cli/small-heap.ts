import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { nodeWasGiven } from './node-options.ts';

/*
 * V8 lets garbage pile up while the machine has memory to spare: twice what is alive and more, in
 * each thread. What is alive here is some 10 MB, so that collecting it more often costs next to
 * nothing. V8 looks at these flags whenever it collects garbage or a thread begins, so that they
 * take effect in a process that runs; hence this is done at import, before anything else is loaded.
 * Whoever gives Node other limits is left alone.
 */

/** Bytes of the main thread's young generation from which on it grows no more. */
const YOUNG_ENOUGH = 4 * 1024 * 1024;

/** Often enough that it cannot grow by more than a step in between. */
const LOOK_EVERY_MILLISECONDS = 20;

if (!nodeWasGiven(/space[-_]size|heap[-_]growing/)) {
  setFlagsFromString('--heap-growing-percent=30');
  setFlagsFromString('--max-semi-space-size=2');
  // A new thread sets the growth of everybody's young generation back to what is usual.
  setInterval(stopGrowth, LOOK_EVERY_MILLISECONDS).unref();
}

function stopGrowth(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  if (young !== undefined && young.space_size >= YOUNG_ENOUGH)
    setFlagsFromString('--semi-space-growth-factor=1');
}
