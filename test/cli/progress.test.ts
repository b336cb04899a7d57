import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/base/events.ts';
import { type Language, LANGUAGES } from '../../src/cli/language.ts';
import { makePage, type Page } from '../../src/cli/output/page.ts';
import { widthOf } from '../../src/cli/output/text-width.ts';
import { BarDisplay } from '../../src/cli/progress/bar-display.ts';
import { thinned } from '../../src/cli/progress/json-display.ts';
import { LineDisplay } from '../../src/cli/progress/line-display.ts';
import { Rate } from '../../src/cli/progress/rate.ts';
import { barLine, Stage } from '../../src/cli/progress/stage.ts';
import { loadTexts } from '../../src/cli/texts.ts';
import { Caught } from './fake-world.ts';

const ITEM = 'indafoto_archive/Nagy-Kőszegi Réka/0/Pipacsmező 🌺 Etyeknél, család 👨‍👩‍👧.jpg';

async function page(language: Language, columns = 80): Promise<Page> {
  return makePage(await loadTexts(language), { columns, isTerminal: true, colors: false });
}

function stageAt(seconds: number): Stage {
  const stage = new Stage('pack', 2_250_000_000, 'bytes');
  for (let second = 0; second <= seconds; second += 1) stage.note(second * 100_000_000, ITEM, second);
  return stage;
}

describe('the rate', () => {
  test('is not guessed from the first moments', () => {
    const rate = new Rate();
    rate.note(0, 0);
    rate.note(1000, 0.5);
    expect(rate.perSecond()).toBeNull();
    rate.note(4000, 2);
    expect(rate.perSecond()).toBe(2000);
    expect(rate.secondsFor(8000)).toBe(4);
  });

  test('is that of the last half minute', () => {
    const rate = new Rate();
    for (let second = 0; second <= 100; second += 1)
      rate.note(second < 50 ? second : 50 + (second - 50) * 10, second);
    expect(rate.perSecond()).toBeCloseTo(10, 5);
  });

  test('says nothing of the time left when nothing moves', () => {
    const rate = new Rate();
    for (let second = 0; second <= 40; second += 1) rate.note(7, second);
    expect(rate.secondsFor(100)).toBeNull();
  });
});

describe('the bar', () => {
  test.each(LANGUAGES.flatMap((language) => [80, 200].map((columns) => [language, columns] as const)))(
    'in %s fits %i columns at every moment',
    async (language, columns) => {
      const onPage = await page(language, columns);
      for (const seconds of [0, 1, 5, 22]) {
        expect(widthOf(barLine(onPage, stageAt(seconds), columns, 3))).toBeLessThan(columns);
      }
    },
  );

  test('names the time left before the item, which comes last', async () => {
    const line = barLine(await page('hu', 200), stageAt(10), 200, 0);
    expect(line).toMatch(/^Csomagolás .* 44% +1 GB \/ 2,25 GB +100 MB\/s még 0:13 .*\.jpg$/);
  });

  test('makes hostile names harmless', async () => {
    const stage = new Stage('read', undefined);
    stage.note(1, '\u001b[2Jclear', 0);
    expect(barLine(await page('en', 200), stage, 200, 0)).toContain('\\u{1b}[2Jclear');
  });

  test('is not drawn for what is over at once, and notices are printed in full', async () => {
    const output = new Caught({ isTTY: true, columns: 80 });
    const display = new BarDisplay(await page('en'), output);
    display.observer({ type: 'phase', phase: 'backup' });
    display.observer({ type: 'notice', notice: 'backup-made', params: { path: '/a/b' } });
    display.stop();
    expect(output.text).toBe('i Backup of the database: /a/b\n');
  });
});

describe('without a terminal', () => {
  test('there is a line every ten seconds', async () => {
    const output = new Caught();
    let time = 0;
    const display = new LineDisplay(await page('en'), output, () => time);
    display.observer({ type: 'phase', phase: 'check', total: 1000, unit: 'records' });
    for (; time <= 25; time += 1) display.observer({ type: 'progress', done: time * 10 });
    expect(output.text.split('\n')).toEqual([
      'Checking: 10%, 100 of 1,000, 10/s, 1:30 left',
      'Checking: 20%, 200 of 1,000, 10/s, 1:20 left',
      '',
    ]);
  });

  test('programs get every event, but progress once a second', () => {
    const passed: Event[] = [];
    let time = 0;
    const pass = thinned(
      (event) => passed.push(event),
      () => time,
    );
    pass({ type: 'phase', phase: 'pack' });
    for (; time < 3; time += 0.1) pass({ type: 'progress', done: time });
    pass({ type: 'omitted', path: 'a.jpg', reason: 'missing' });
    expect(passed.filter(({ type }) => type === 'progress')).toHaveLength(3);
    expect(passed.at(-1)?.type).toBe('omitted');
  });
});
