import { getHeapSpaceStatistics } from 'node:v8';
import { nodeWasGiven } from './node-options.ts';
import { setV8Flag } from './v8-flags.ts';

/*
 * V8 lets garbage pile up while the machine has memory to spare: twice what is alive and more, in
 * each thread. What is alive here is some 10 MB, so that collecting it more often costs next to
 * nothing. V8 looks at these flags whenever it collects garbage or a thread begins, so that they
 * take effect in a process that runs; hence this is done at import, before anything else is loaded.
 * Whoever gives Node other limits is left alone.
 */

/** Bytes of the main thread's young generation from which on it grows no more: twice as many save a fiftieth of the time. */
const YOUNG_ENOUGH = 4 * 1024 * 1024;

/** Often enough that it cannot grow by more than a step in between. */
const LOOK_EVERY_MILLISECONDS = 20;

if (!nodeWasGiven(/space[-_]size|heap[-_]growing/)) {
  setV8Flag('heap-growing-percent', 30);
  setV8Flag('max-semi-space-size', 2);
  // A new thread sets the growth of everybody's young generation back to what is usual.
  setInterval(limitGrowth, LOOK_EVERY_MILLISECONDS).unref();
}

function limitGrowth(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  const mayGrow = young === undefined || young.space_size < YOUNG_ENOUGH;
  setV8Flag('semi-space-growth-factor', mayGrow ? 2 : 1);
}
