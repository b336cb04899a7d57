import { requirePackage } from '../../base/require-package.ts';
import type { Texts } from '../texts.ts';
import type { Environment, Output } from '../surroundings.ts';
import { escapeForTerminal } from './escape.ts';
import { type Figures, makeFigures } from './figures.ts';
import { pad, widthOf, wrap } from './text-width.ts';

const pc = requirePackage('picocolors') as typeof import('picocolors');

export type Colors = ReturnType<typeof pc.createColors>;

/** Prose wider than this is hard to read, however wide the terminal is. */
const PROSE_WIDTH = 100;
const WIDTH_WITHOUT_TERMINAL = 80;
const INDENT = '  ';
const GAP = '  ';

/** What a report is set on: how wide, in which language, with which colours. */
export interface Page {
  readonly texts: Texts;
  readonly figures: Figures;
  readonly colors: Colors;
  /** Columns for prose. */
  readonly width: number;
  /** Columns for tables; without a terminal nothing needs to be cut short. */
  readonly tableWidth: number;
  readonly isTerminal: boolean;
}

export function pageFor(output: Output, texts: Texts, env: Environment): Page {
  const isTerminal = output.isTTY === true;
  const columns =
    (isTerminal ? output.columns : undefined) || Number(env['COLUMNS']) || WIDTH_WITHOUT_TERMINAL;
  return makePage(texts, { columns, isTerminal, colors: wantsColors(isTerminal, env) });
}

export interface PageLook {
  readonly columns: number;
  readonly isTerminal: boolean;
  readonly colors: boolean;
}

export function makePage(texts: Texts, look: PageLook): Page {
  return {
    texts,
    figures: makeFigures(texts.language),
    colors: pc.createColors(look.colors),
    width: Math.max(20, Math.min(look.columns, PROSE_WIDTH)),
    tableWidth: look.isTerminal ? Math.max(20, look.columns) : Number.POSITIVE_INFINITY,
    isTerminal: look.isTerminal,
  };
}

function wantsColors(isTerminal: boolean, env: Environment): boolean {
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false;
  return isTerminal && env['TERM'] !== 'dumb';
}

/** A paragraph, broken to the width of the page. */
export function prose(page: Page, text: string, indent = ''): string[] {
  return wrap(text, page.width - widthOf(indent)).map((line) => indent + line);
}

export type Fact = readonly [label: string, value: string];

/** Facts under each other: labels in one column, values beside them and wrapped within theirs. */
export function factList(page: Page, facts: readonly Fact[]): string[] {
  const labelWidth = Math.max(0, ...facts.map(([label]) => widthOf(label)));
  const room = page.width - labelWidth - INDENT.length - GAP.length;
  return facts.flatMap(([label, value]) => {
    const lines = wrap(value, room);
    const first = INDENT + page.colors.dim(pad(label, labelWidth)) + GAP;
    const rest = ' '.repeat(INDENT.length + labelWidth + GAP.length);
    // One long word, a digest say, stays whole: it gets a line of its own.
    if (lines.length === 1 && widthOf(value) > room) return [first.trimEnd(), INDENT + INDENT + value];
    return lines.map((line, index) => (index === 0 ? first : rest) + line);
  });
}

/** A command to type, apart from the prose; where the shell takes it, a long one goes on in the next line. */
export function commandLines(
  page: Page,
  command: string,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const safe = escapeForTerminal(command);
  const lines = platform === 'win32' ? [safe] : brokenCommand(safe, page.width - INDENT.length);
  return lines.map((line, index) => INDENT + (index === 0 ? '' : INDENT) + page.colors.cyan(line));
}

/** Before an option, but not inside of quotes. */
const BEFORE_OPTION = / (?=-)(?=(?:[^"']*(?:"[^"]*"|'[^']*'))*[^"']*$)/;

function brokenCommand(command: string, width: number): string[] {
  if (widthOf(command) <= width) return [command];
  const parts = command.split(BEFORE_OPTION);
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + widthOf(part) + 5 <= width)
      lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(part);
  }
  return lines.map((line, index) => (index === lines.length - 1 ? line : `${line} \\`));
}
