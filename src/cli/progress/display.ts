import type { Observer } from '../../base/events.ts';

/** Something that shows how the work goes, until it is stopped. */
export interface Display {
  readonly observer: Observer;
  /** Prints a line beside the progress, in words; nothing where programs read. */
  say(line: string): void;
  /** Takes away what must not stay; safe to call twice. */
  stop(): void;
}

export const noDisplay: Display = { observer: () => {}, say: () => {}, stop: () => {} };

/** Seconds on a clock that only goes forward. */
export function now(): number {
  return performance.now() / 1000;
}
