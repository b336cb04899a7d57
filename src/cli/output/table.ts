import type { Table, TableConstructorOptions } from 'cli-table3';
import { requirePackage } from '../../base/require-package.ts';
import { factList, type Page } from './page.ts';
import { type Clip, clip, pad, widthOf, wrap } from './text-width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** What becomes of a cell that is too wide: cut, or broken into lines. */
  readonly fit?: Clip | 'wrap';
  /** How narrow the column may get when room is scarce; it keeps its natural width if not given. */
  readonly least?: number;
}

const INDENT = '  ';
const GAP = '  ';

const NO_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  left: INDENT,
  middle: GAP,
};

/** cli-table3 measures newer emoji wrongly: it sets stand-ins of the right width, and the cells come after. */
const STAND_IN = /\uE000\uE001*/g;

/**
 * A table under a heading, no wider than the page; where it cannot be made as narrow, one row below the
 * other. Cells must be escaped already, and without colours.
 */
export function tableLines(
  page: Page,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const titles = columns.map(({ title }) => title);
  const widths = fitWidths(page.tableWidth, columns, [titles, ...rows]);
  if (widths === null) return rowsApart(page, titles, rows);
  const rule = widths.map((width) => '─'.repeat(width));
  const waiting: string[] = [];
  const table = newTable({
    chars: NO_FRAME,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colWidths: widths,
  });
  for (const row of [titles, rule, ...rows]) table.push(standIns(layRow(row, columns, widths), waiting));
  const heading = columns.length * 2;
  let next = 0;
  const filled = table.toString().replace(STAND_IN, () => {
    const cell = waiting[next] ?? '';
    next += 1;
    return next <= heading ? page.colors.dim(cell) : cell;
  });
  return filled.split('\n').map((line) => line.trimEnd());
}

/** Each row as a list of its own, an empty line between them. */
function rowsApart(page: Page, titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return rows.flatMap((row, index) => {
    const facts = row.flatMap((cell, at) => (cell === '' ? [] : [[titles[at] ?? '', cell] as const]));
    return [...(index > 0 ? [''] : []), ...factList(page, facts)];
  });
}

/** Loaded with the first table: many a report has none. */
function newTable(options: TableConstructorOptions): Table {
  const CliTable = requirePackage('cli-table3') as typeof import('cli-table3');
  return new CliTable(options);
}

/**
 * Natural widths where they fit; else columns that wrap give way first, which loses nothing, then those
 * that are cut. Null where all of them at their narrowest are too wide.
 */
function fitWidths(
  room: number,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): number[] | null {
  const widths = columns.map((_, index) => Math.max(1, ...rows.map((row) => widthOf(row[index] ?? ''))));
  const gaps = INDENT.length + GAP.length * (columns.length - 1);
  let excess = widths.reduce((sum, width) => sum + width, gaps) - room;
  while (excess > 0) {
    const next = yielding(columns, widths, 'wrap') ?? yielding(columns, widths, 'cut');
    if (next === null) return null;
    widths[next] = (widths[next] ?? 1) - 1;
    excess -= 1;
  }
  return widths;
}

/** The widest column of a kind that may still get narrower. */
function yielding(
  columns: readonly Column[],
  widths: readonly number[],
  kind: 'wrap' | 'cut',
): number | null {
  let found: number | null = null;
  for (const [index, { least, fit }] of columns.entries()) {
    const width = widths[index] ?? 0;
    if (least === undefined || width <= least || (fit === 'wrap') !== (kind === 'wrap')) continue;
    if (found === null || width > (widths[found] ?? 0)) found = index;
  }
  return found;
}

/** The lines of each cell of a row, each exactly as wide as its column. */
function layRow(row: readonly string[], columns: readonly Column[], widths: readonly number[]): string[][] {
  return columns.map((column, index) => {
    const width = widths[index] ?? 1;
    const text = row[index] ?? '';
    const lines =
      column.fit === 'wrap'
        ? wrap(text, width).map((line) => clip(line, width))
        : [clip(text, width, column.fit)];
    return lines.map((line) => pad(line, width, column.align));
  });
}

/** What cli-table3 gets to see; the cells wait in the order in which it prints their stand-ins. */
function standIns(cells: readonly (readonly string[])[], waiting: string[]): string[] {
  const height = Math.max(...cells.map((lines) => lines.length));
  for (let line = 0; line < height; line += 1) {
    for (const lines of cells) {
      const cell = lines[line];
      if (cell !== undefined) waiting.push(cell);
    }
  }
  return cells.map((lines) => lines.map((line) => `\uE000${'\uE001'.repeat(widthOf(line) - 1)}`).join('\n'));
}
