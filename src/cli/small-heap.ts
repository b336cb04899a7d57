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

/** Bytes of the main thread's young generation from which on it grows no more: little for short work. */
const YOUNG_ENOUGH = 4 * 1024 * 1024;

/** Long work is mostly that of many records. Their garbage comes so fast that a larger one saves a fifth of the time. */
const YOUNG_ENOUGH_FOR_LONG = 8 * 1024 * 1024;
const LONG_MILLISECONDS = 15_000;

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
  const enough = performance.now() < LONG_MILLISECONDS ? YOUNG_ENOUGH : YOUNG_ENOUGH_FOR_LONG;
  const mayGrow = young === undefined || young.space_size < enough;
  setV8Flag('semi-space-growth-factor', mayGrow ? 2 : 1);
}
