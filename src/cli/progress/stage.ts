import type { Phase } from '../../base/events.ts';
import type { Page } from '../output/page.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { clip, pad, widthOf } from '../output/text-width.ts';
import { Rate } from './rate.ts';

/** One phase of the work while it runs: how far it is, how fast, how long it still takes. */
export class Stage {
  readonly phase: Phase;
  readonly total: number | null;
  readonly #unit: 'bytes' | 'records';
  readonly #rate = new Rate();
  done = 0;
  item = '';

  constructor(phase: Phase, total: number | undefined, unit: 'bytes' | 'records' = 'records') {
    this.phase = phase;
    this.total = total === undefined || total <= 0 ? null : total;
    this.#unit = unit;
  }

  note(done: number, item: string | undefined, at: number): void {
    this.done = done;
    if (item !== undefined) this.item = item;
    this.#rate.note(done, at);
  }

  get share(): number | null {
    return this.total === null ? null : Math.min(1, this.done / this.total);
  }

  /** `3.4 MB`, or `1,200`. */
  amount(page: Page, value: number): string {
    return this.#unit === 'bytes'
      ? page.figures.bytes(Math.round(value))
      : page.figures.number(Math.round(value));
  }

  amountOfTotal(page: Page): string {
    const done = this.amount(page, this.done);
    return this.total === null
      ? done
      : page.texts.t('progress.of', { done, total: this.amount(page, this.total) });
  }

  /** Columns that {@link amountOfTotal} can take, so that what follows stays where it is. */
  amountWidth(page: Page): number {
    const most = this.amount(page, this.total ?? this.done);
    return widthOf(page.texts.t('progress.of', { done: most, total: most })) + 1;
  }

  rate(page: Page): string {
    const rate = this.#rate.perSecond();
    return rate === null ? '' : page.texts.t('progress.rate', { amount: this.amount(page, rate) });
  }

  timeLeft(page: Page): string {
    const seconds = this.total === null ? null : this.#rate.secondsFor(this.total - this.done);
    return seconds === null ? '' : page.texts.t('progress.left', { time: page.figures.clock(seconds) });
  }
}

const BAR_WIDTH = { narrow: 12, wide: 24 };
const FIELD_WIDTH = { percent: 4, rate: 9, left: 12 };
const LEAST_ITEM = 10;

/** The line of a progress bar, no wider than `columns`; the name of the item, which jumps, comes last. */
export function barLine(page: Page, stage: Stage, columns: number, findings: number): string {
  const parts = [page.texts.t(`phase.${stage.phase}`)];
  if (stage.share !== null) {
    parts.push(bar(page, stage.share, columns < 100 ? BAR_WIDTH.narrow : BAR_WIDTH.wide));
    parts.push(pad(`${Math.floor(stage.share * 100)}%`, FIELD_WIDTH.percent, 'right'));
  }
  parts.push(pad(stage.amountOfTotal(page), stage.amountWidth(page), 'right'));
  parts.push(pad(stage.rate(page), FIELD_WIDTH.rate, 'right'));
  parts.push(pad(stage.timeLeft(page), FIELD_WIDTH.left));
  if (findings > 0) parts.push(page.colors.yellow(page.texts.t('unit.findings', { count: findings })));
  const line = parts.join(' ');
  const room = columns - 1 - widthOf(line) - 1;
  if (room < LEAST_ITEM || stage.item === '') return line.trimEnd();
  return `${line} ${page.colors.dim(clip(escapeForTerminal(stage.item), room, 'middle'))}`;
}

function bar(page: Page, share: number, width: number): string {
  const full = Math.round(share * width);
  return page.colors.cyan('█'.repeat(full)) + page.colors.dim('░'.repeat(width - full));
}
