import type { Event } from '../../base/events.ts';
import type { Page } from '../output/page.ts';
import { noticeLines } from '../reports/notice.ts';
import type { Output } from '../surroundings.ts';
import { type Display, now } from './display.ts';
import { Stage } from './stage.ts';

const SECONDS_BETWEEN = 10;

/** Where there is no terminal to draw on: a line now and then. */
export class LineDisplay implements Display {
  readonly #page: Page;
  readonly #output: Output;
  readonly #clock: () => number;
  #stage: Stage | null = null;
  #lastLine: number;

  constructor(page: Page, output: Output, clock: () => number = now) {
    this.#page = page;
    this.#output = output;
    this.#clock = clock;
    this.#lastLine = clock();
  }

  readonly observer = (event: Event): void => {
    if (event.type === 'phase') {
      this.#stage = new Stage(event.phase, event.total, event.unit);
      this.#stage.note(0, undefined, this.#clock());
    } else if (event.type === 'progress') {
      this.#stage?.note(event.done, event.item, this.#clock());
      this.#printIfDue();
    } else if (event.type === 'notice') {
      for (const line of noticeLines(this.#page, event)) this.say(line);
    }
  };

  say(line: string): void {
    this.#output.write(`${line}\n`);
  }

  stop(): void {
    this.#stage = null;
  }

  #printIfDue(): void {
    const at = this.#clock();
    if (this.#stage === null || at - this.#lastLine < SECONDS_BETWEEN) return;
    this.#lastLine = at;
    this.say(stageLine(this.#page, this.#stage));
  }
}

function stageLine(page: Page, stage: Stage): string {
  const percent = stage.share === null ? '' : `${Math.floor(stage.share * 100)}%`;
  const facts = [percent, stage.amountOfTotal(page), stage.rate(page), stage.timeLeft(page)];
  return `${page.texts.t(`phase.${stage.phase}`)}: ${facts.filter((fact) => fact !== '').join(', ')}`;
}
