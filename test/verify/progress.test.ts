import { expect, test } from 'vitest';
import { uniqueJpeg } from '../../fixtures/pictures.ts';
import { type Event, verifyBundle } from '../../src/index.ts';
import { exchange, type Exchange } from '../support/exchange.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const folder = scratchFolder();

async function trip(): Promise<Exchange> {
  const images = Array.from({ length: 60 }, (_, at) => ({ file: uniqueJpeg(`picture ${at}`, 300_000) }));
  const made = exchange(folder(), { images }, { images: [] });
  await made.export();
  return made;
}

/** In which of ten parts of its checking a bundle was when it told how far it is. */
function partsTold(events: readonly Event[]): Set<number> {
  const begins = events.findIndex((event) => event.type === 'phase' && event.phase === 'check');
  const [check, ...behind] = events.slice(begins);
  const total = check?.type === 'phase' ? check.total! : 0;
  const end = behind.findIndex(({ type }) => type === 'phase');
  const told = behind.slice(0, end < 0 ? undefined : end).filter((event) => event.type === 'progress');
  return new Set(told.map(({ done }) => Math.ceil((done / total) * 10)));
}

test('reading a bundle tells all along how far it is', async () => {
  const { bundle } = await trip();
  const events: Event[] = [];
  await verifyBundle({ input: bundle, observer: (event) => events.push(event) });
  expect(partsTold(events)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
});

test('so does reading it before anything is applied', async () => {
  const events: Event[] = [];
  await (await trip()).apply({ strict: true, observer: (event) => events.push(event) });
  expect(partsTold(events)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
});
