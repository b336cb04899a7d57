/** One panel: a command beside its peers, in seconds, with the targets as marks. */

import type { CorpusName } from '../options.ts';
import type { Pair, PairStep, ResultSet } from '../results.ts';
import { figure } from '../tables.ts';
import { TARGETS } from '../targets.ts';
import { BASE, bar, GATE, line, OTHERS, OURS, SOFT, STRETCH, text } from './svg.ts';

const ROW = 22;
const NAMES = 205;
const FIGURES = 62;
const HEAD = 34;

export function panelHeight(rows: number): number {
  return HEAD + rows * ROW + 22;
}

interface Bar {
  readonly label: string;
  readonly seconds: number;
  readonly fill: string;
}

function barsOf(pairs: readonly Pair[]): Bar[] {
  const [first] = pairs;
  if (first === undefined) return [];
  const byHand = pairs.find(({ peer }) => peer === 'by-hand') ?? first;
  const others = pairs.map(({ peer, label, theirs }) => ({
    label,
    seconds: theirs.wall,
    fill: peer === 'by-hand' ? BASE : OTHERS,
  }));
  return [{ label: 'indabundle', seconds: byHand.ours.wall, fill: OURS }, ...others];
}

export function barPanel(
  set: ResultSet,
  { corpus, step, title }: { readonly corpus: CorpusName; readonly step: PairStep; readonly title: string },
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): string[] {
  const pairs = set.pairs.filter((pair) => pair.corpus === corpus && pair.step === step);
  const heading = text(x, y + 16, title, { size: 15, weight: 700 });
  if (pairs.length === 0) return [heading, text(x, y + 44, 'not measured', { fill: SOFT })];
  const bars = barsOf(pairs);
  const space = width - NAMES - FIGURES;
  const scale = space / Math.max(...bars.map(({ seconds }) => seconds));
  const rows = bars.flatMap(({ label, seconds, fill }, index) => {
    const top = y + HEAD + index * ROW;
    const ours = index === 0;
    return [
      text(x + NAMES - 10, top + 12, label, { anchor: 'end', size: 12, weight: ours ? 700 : 400 }),
      bar(x + NAMES, top, seconds * scale, 15, fill),
      text(x + NAMES + seconds * scale + 6, top + 12, `${figure(seconds)} s`, {
        size: 12,
        weight: ours ? 700 : 400,
      }),
    ];
  });
  const byHand = pairs.find(({ peer }) => peer === 'by-hand');
  const marks = byHand === undefined ? [] : targetMarks(byHand, x + NAMES, y + HEAD, scale);
  return [heading, ...rows, ...marks];
}

/** Where our bar should end: a line across it for the gate and one for the stretch. */
function targetMarks({ corpus, step, theirs }: Pair, x: number, y: number, scale: number): string[] {
  const target = TARGETS.find(({ what }) => what.startsWith(`${step} / `) && what.endsWith(`, ${corpus}`));
  const marks = [
    { limit: target?.gate ?? null, colour: GATE },
    { limit: target?.stretch ?? null, colour: STRETCH },
  ];
  return marks.flatMap(({ limit, colour }) => {
    if (limit === null) return [];
    const at = x + limit * theirs.wall * scale;
    return [
      line(
        [
          [at, y - 4],
          [at, y + 19],
        ],
        colour,
      ),
    ];
  });
}
