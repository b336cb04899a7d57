import type { TestContext } from 'vitest';
import type {} from './count-reporter.ts';

/** True in the long form of the suite. */
export const LONG = process.env['INDABUNDLE_FAULTS'] === 'long';

/** Adds to the counts that the suite prints at its end. */
export function counted(context: TestContext, what: string, count = 1): void {
  const counts = (context.task.meta.counts ??= {});
  counts[what] = (counts[what] ?? 0) + count;
}

/** Numbers from 1 to `last` that nobody chose: one out of each of `count` equal parts. */
export function randomOf(last: number, count: number): number[] {
  const random = seeded(last);
  const part = last / count;
  return [...new Set(Array.from({ length: count }, (_, at) => 1 + Math.floor((at + random()) * part)))];
}

/** A generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
