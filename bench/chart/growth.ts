/** Two panels: what a record costs and what memory it takes, from a thousand records to a million. */

import type { GrowthPoint } from '../results.ts';
import { figure } from '../tables.ts';
import { BASE, dot, GATE, line, OTHERS, OURS, SOFT, STRETCH, text } from './svg.ts';

const COLOURS: Readonly<Record<string, string>> = {
  export: OURS,
  apply: BASE,
  verify: STRETCH,
  inspect: OTHERS,
  'apply again': '#8a6bb0',
  catalog: '#b0a04f',
};
export const GROWTH_HEIGHT = 250;
const PLOT = { left: 44, top: 40, bottom: 44, right: 24 } as const;
const MEMORY_GATE = 256;

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

interface Panel {
  readonly title: string;
  readonly valueOf: (point: GrowthPoint) => number;
  /** A value drawn as a line across. */
  readonly limit: number | null;
}

export function costPanel(growth: readonly GrowthPoint[], place: Place): string[] {
  const title = 'Processor time a record, microseconds (flat is linear)';
  return growthPanel(
    growth,
    { title, valueOf: ({ cost, records }) => (cost.cpu / records) * 1e6, limit: null },
    place,
  );
}

export function memoryPanel(growth: readonly GrowthPoint[], place: Place): string[] {
  const title = 'Peak memory, MiB';
  return growthPanel(growth, { title, valueOf: ({ cost }) => cost.memory, limit: MEMORY_GATE }, place);
}

function growthPanel(growth: readonly GrowthPoint[], panel: Panel, { x, y, width }: Place): string[] {
  const heading = text(x, y + 16, panel.title, { size: 15, weight: 700 });
  if (growth.length === 0) return [heading, text(x, y + 44, 'not measured', { fill: SOFT })];
  const values = growth.map(panel.valueOf);
  const sizes = [...new Set(growth.map(({ records }) => records))].toSorted((one, other) => one - other);
  const top = Math.max(...values, panel.limit ?? 0);
  const low = panel.limit === null ? Math.min(...values) : 0;
  const height = GROWTH_HEIGHT - PLOT.top - PLOT.bottom;
  const share = (value: number) =>
    panel.limit === null ? Math.log(value / low) / Math.log(Math.max(top / low, 1.001)) : value / top;
  const atValue = (value: number) => y + PLOT.top + height * (1 - share(value));
  const step = (width - PLOT.left - PLOT.right) / Math.max(1, sizes.length - 1);
  const atSize = (records: number) => x + PLOT.left + sizes.indexOf(records) * step;
  const frame = { left: x + PLOT.left, right: x + width - PLOT.right };
  return [
    heading,
    ...axis([low, top], frame, atValue),
    ...sizes.map((size) =>
      text(atSize(size), y + PLOT.top + height + 18, size.toLocaleString('en'), {
        anchor: 'middle',
        size: 11,
        fill: SOFT,
      }),
    ),
    ...(panel.limit === null
      ? []
      : [
          line(
            [
              [frame.left, atValue(panel.limit)],
              [frame.right, atValue(panel.limit)],
            ],
            GATE,
            '5 4',
          ),
        ]),
    ...commandsOf(growth).flatMap((command) => curve(growth, command, panel.valueOf, atSize, atValue)),
  ];
}

function axis(
  ends: readonly number[],
  { left, right }: { readonly left: number; readonly right: number },
  atValue: (value: number) => number,
): string[] {
  return ends.flatMap((value) => [
    line(
      [
        [left, atValue(value)],
        [right, atValue(value)],
      ],
      '#e4dfd2',
    ),
    text(left - 6, atValue(value) + 4, value === 0 ? '0' : figure(value), {
      anchor: 'end',
      size: 11,
      fill: SOFT,
    }),
  ]);
}

function commandsOf(growth: readonly GrowthPoint[]): string[] {
  return [...new Set(growth.map(({ command }) => command))];
}

function curve(
  growth: readonly GrowthPoint[],
  command: string,
  valueOf: (point: GrowthPoint) => number,
  atSize: (records: number) => number,
  atValue: (value: number) => number,
): string[] {
  const colour = COLOURS[command] ?? SOFT;
  const points = growth
    .filter((point) => point.command === command)
    .toSorted((one, other) => one.records - other.records)
    .map((point) => [atSize(point.records), atValue(valueOf(point))] as const);
  return [line(points, colour), ...points.map(([px, py]) => dot(px, py, colour))];
}

/** The commands' names in their colours, in one row. */
export function growthLegend(growth: readonly GrowthPoint[], x: number, y: number): string[] {
  return commandsOf(growth).flatMap((command, index) => {
    const at = x + index * 112;
    return [dot(at, y - 4, COLOURS[command] ?? SOFT), text(at + 9, y, command, { size: 12 })];
  });
}
