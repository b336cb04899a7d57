import type cliProgress from 'cli-progress';
import type { Event } from '../../base/events.ts';
import { requirePackage } from '../../base/require-package.ts';
import type { Page } from '../output/page.ts';
import { noticeLines } from '../reports/notice.ts';
import type { Output } from '../surroundings.ts';
import { type Display, now } from './display.ts';
import { barLine, Stage } from './stage.ts';

/** Redraws a second: enough to see it move, few enough to read it. */
const REDRAWS = 4;
/** What is over sooner needs no bar; drawing one would only flicker. */
const PATIENCE_MS = 300;

/** Draws a bar on a terminal for what takes a while, and prints notices above it. */
export class BarDisplay implements Display {
  readonly #page: Page;
  readonly #output: Output;
  #bar: cliProgress.SingleBar | null = null;
  #stage: Stage | null = null;
  #timer: NodeJS.Timeout | null = null;
  #findings = 0;

  constructor(page: Page, output: Output) {
    this.#page = page;
    this.#output = output;
  }

  readonly observer = (event: Event): void => {
    if (event.type === 'phase') this.#begin(new Stage(event.phase, event.total, event.unit));
    else if (event.type === 'progress') this.#stage?.note(event.done, event.item, now());
    else if (event.type === 'finding') this.#findings += 1;
    else if (event.type === 'notice') this.#printAbove(noticeLines(this.#page, event));
  };

  say(line: string): void {
    this.#printAbove([line]);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#takeAway();
    this.#stage = null;
  }

  #begin(stage: Stage): void {
    this.stop();
    this.#stage = stage;
    stage.note(0, undefined, now());
    this.#timer = setTimeout(() => this.#draw(stage), PATIENCE_MS);
    this.#timer.unref();
  }

  #draw(stage: Stage): void {
    const { SingleBar } = requirePackage('cli-progress') as typeof cliProgress;
    this.#bar = new SingleBar({
      stream: this.#output,
      fps: REDRAWS,
      linewrap: false,
      clearOnComplete: true,
      gracefulExit: false, // it would end the process at the first Ctrl-C
      forceRedraw: true,
      format: () => barLine(this.#page, stage, this.#output.columns ?? 80, this.#findings),
    });
    this.#bar.start(1, 0);
  }

  #takeAway(): void {
    this.#bar?.stop();
    this.#bar = null;
  }

  /** The bar goes back to where it began when it is taken away, so it must not be moved by other lines. */
  #printAbove(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const drawn = this.#bar !== null;
    this.#takeAway();
    this.#output.write(`${lines.join('\n')}\n`);
    if (drawn && this.#stage !== null) this.#draw(this.#stage);
  }
}
