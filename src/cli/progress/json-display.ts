import { jsonText } from '../output/json-text.ts';
import type { Event } from '../../base/events.ts';
import type { Output } from '../surroundings.ts';
import { type Display, now } from './display.ts';

const SECONDS_BETWEEN = 1;

/** Passes on every event, but progress at most once a second. */
export function thinned(pass: (event: Event) => void, clock: () => number = now): (event: Event) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.type === 'phase') last = Number.NEGATIVE_INFINITY;
    if (event.type === 'progress') {
      const at = clock();
      if (at - last < SECONDS_BETWEEN) return;
      last = at;
    }
    pass(event);
  };
}

/** Writes the events as JSON lines, for a program that reads them. */
export function jsonDisplay(output: Output): Display {
  const observer = thinned((event) => output.write(`${jsonText(event)}\n`));
  return { observer, say: () => {}, stop: () => {} };
}
