/** Draws a set of results as one picture. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { CORPORA, type CorpusName } from '../options.ts';
import type { PairStep, ResultSet } from '../results.ts';
import { barPanel, panelHeight } from './bars.ts';
import { costPanel, GROWTH_HEIGHT, growthLegend, memoryPanel } from './growth.ts';
import { BASE, bar, card, GATE, line, OTHERS, OURS, SOFT, STRETCH, text } from './svg.ts';

const WIDTH = 960;
const MARGIN = 32;
const COLUMN = (WIDTH - 3 * MARGIN) / 2;
const TOP = 112;

const STEPS: readonly { readonly step: PairStep; readonly title: string }[] = [
  { step: 'export', title: 'export' },
  { step: 'apply', title: 'apply' },
  { step: 'verify', title: 'verify' },
];

export function writeChart(docs: string, set: ResultSet): void {
  writeFileSync(path.join(docs, 'performance.svg'), drawChart(set));
}

export function drawChart(set: ResultSet): string {
  const parts = [...heading(set)];
  let y = TOP;
  for (const { step, title } of STEPS) {
    const rows = Math.max(2, ...(['M', 'S'] as const).map((corpus) => rowsOf(set, corpus, step)));
    for (const [index, corpus] of (['M', 'S'] as const).entries()) {
      const place = { x: MARGIN + index * (COLUMN + MARGIN), y, width: COLUMN };
      parts.push(...barPanel(set, { corpus, step, title: `${title}, ${aboutOf(set, corpus)}` }, place));
    }
    y += panelHeight(rows);
  }
  const places = [0, 1].map((index) => ({ x: MARGIN + index * (COLUMN + MARGIN), y, width: COLUMN }));
  const [left, right] = places;
  if (left !== undefined) parts.push(...costPanel(set.growth, left));
  if (right !== undefined) parts.push(...memoryPanel(set.growth, right));
  y += GROWTH_HEIGHT;
  parts.push(...growthLegend(set.growth, MARGIN + 8, y));
  return card(WIDTH, y + 28, 'indabundle beside other programs: wall time, growth, memory', parts);
}

function rowsOf(set: ResultSet, corpus: CorpusName, step: PairStep): number {
  return set.pairs.filter((pair) => pair.corpus === corpus && pair.step === step).length + 1;
}

function aboutOf({ corpora }: ResultSet, name: (typeof CORPORA)[number]): string {
  const corpus = corpora.find((each) => each.name === name);
  if (corpus === undefined) return name;
  return `${corpus.files.toLocaleString('en')} ${corpus.about} (${name})`;
}

function heading({ machine, setting, measuredAt }: ResultSet): string[] {
  const facts = `${machine.processor}, ${setting}, ${machine.system}, ${machine.fileSystem}, Node ${machine.node}`;
  return [
    text(MARGIN, 40, 'Wall time beside other programs, shorter is better', { size: 20, weight: 700 }),
    text(MARGIN, 62, `${facts}, ${measuredAt.slice(0, 10)}`, { size: 12, fill: SOFT }),
    bar(MARGIN, 76, 14, 12, OURS),
    text(MARGIN + 20, 87, 'indabundle', { size: 12 }),
    bar(MARGIN + 110, 76, 14, 12, BASE),
    text(MARGIN + 130, 87, 'by hand', { size: 12 }),
    bar(MARGIN + 200, 76, 14, 12, OTHERS),
    text(MARGIN + 220, 87, 'others', { size: 12 }),
    line(
      [
        [MARGIN + 280, 74],
        [MARGIN + 280, 90],
      ],
      GATE,
    ),
    text(MARGIN + 288, 87, 'gate', { size: 12 }),
    line(
      [
        [MARGIN + 334, 74],
        [MARGIN + 334, 90],
      ],
      STRETCH,
    ),
    text(MARGIN + 342, 87, 'stretch', { size: 12 }),
  ];
}
