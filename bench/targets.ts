/** The targets of the design, and what a set of results says of each. */

import type { Cost } from './measure.ts';
import type { CorpusName } from './options.ts';
import type { PairStep, ResultSet } from './results.ts';

export interface Target {
  readonly what: string;
  readonly gate: number | null;
  readonly stretch: number | null;
  readonly unit: '' | 'MiB' | 's' | 'kB';
  /** Null where the set did not measure it. */
  readonly measured: (set: ResultSet) => number | null;
}

const MEMORY = 'peak memory';

export const TARGETS: readonly Target[] = [
  ratio('export / by hand', 'M', 'export', 0.55, 0.35),
  ratio('export / by hand', 'S', 'export', 0.75, 0.5),
  ratio('apply / by hand', 'M', 'apply', 0.6, 0.3),
  ratio('apply / by hand', 'S', 'apply', 0.9, 0.55),
  ratio('verify / `sha256sum -c` of the loose files', 'M', 'verify', 0.5, 0.35),
  ratio('verify / `sha256sum -c` of the loose files', 'S', 'verify', 0.5, 0.35),
  { what: `${MEMORY}, M`, gate: 128, stretch: 96, unit: 'MiB', measured: (set) => peak(set, 'M') },
  { what: `${MEMORY}, S`, gate: 256, stretch: 160, unit: 'MiB', measured: (set) => peak(set, 'S') },
  { what: `${MEMORY}, most records`, gate: 256, stretch: 160, unit: 'MiB', measured: peakOfGrowth },
  { what: 'inspect: read of the bundle', gate: 2_000, stretch: null, unit: 'kB', measured: mostRead },
  { what: 'apply again, S', gate: 1, stretch: 0.5, unit: 's', measured: secondsAgain },
  size('M', 1.01, 1),
  size('S', 1.03, 1.02),
  // Linear is 1; the slack is for caches that no longer hold everything.
  {
    what: 'growth: cost of a record, most / a tenth',
    gate: 1.25,
    stretch: 1.1,
    unit: '',
    measured: worstGrowth,
  },
  ratio('export / `cp -a`, `sync`', 'M', 'export', null, 1.5, 'cp'),
  ratio('export / `cp -a`, `sync`', 'S', 'export', null, 1.2, 'cp'),
  ratio('apply / `cp -a`, `sync`', 'M', 'apply', null, 1.5, 'cp'),
  ratio('apply / `cp -a`, `sync`', 'S', 'apply', null, 1.2, 'cp'),
];

function ratio(
  what: string,
  corpus: CorpusName,
  step: PairStep,
  gate: number | null,
  stretch: number,
  peer = 'by-hand',
): Target {
  const measured = (set: ResultSet) =>
    set.pairs.find((pair) => pair.corpus === corpus && pair.step === step && pair.peer === peer)?.ratio
      .wall ?? null;
  return { what: `${what}, ${corpus}`, gate, stretch, unit: '', measured };
}

function size(corpus: CorpusName, gate: number, stretch: number): Target {
  const measured = (set: ResultSet) => set.sizes.find((each) => each.corpus === corpus)?.ratio ?? null;
  return { what: `size of the bundle / \`tar | zstd -1\`, ${corpus}`, gate, stretch, unit: '', measured };
}

function largest(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : Math.max(...numbers);
}

/** The largest of all commands on a corpus. */
function peak(set: ResultSet, corpus: CorpusName): number | null {
  const ofCorpus = <T extends { corpus: CorpusName }>(list: readonly T[]) =>
    list.filter((each) => each.corpus === corpus);
  const costs: Cost[] = [
    ...ofCorpus(set.pairs).map(({ ours }) => ours),
    ...ofCorpus(set.singles).map(({ cost }) => cost),
  ];
  return largest(costs.map(({ memory }) => memory));
}

function peakOfGrowth(set: ResultSet): number | null {
  const most = largest(set.growth.map(({ records }) => records));
  return largest(set.growth.filter(({ records }) => records === most).map(({ cost }) => cost.memory));
}

function mostRead(set: ResultSet): number | null {
  const bytes = largest(set.singles.flatMap(({ bytesRead }) => (bytesRead === null ? [] : [bytesRead])));
  return bytes === null ? null : bytes / 1_000;
}

function secondsAgain(set: ResultSet): number | null {
  return set.singles.find(({ corpus, step }) => corpus === 'S' && step === 'again')?.cost.wall ?? null;
}

/** The command that grows most from the last size but one to the last; processor time, which is steadier. */
function worstGrowth(set: ResultSet): number | null {
  const sizes = [...new Set(set.growth.map(({ records }) => records))].toSorted((one, other) => one - other);
  const [before, last] = sizes.slice(-2);
  if (before === undefined || last === undefined) return null;
  const commands = [...new Set(set.growth.map(({ command }) => command))];
  const per = (command: string, records: number) =>
    (set.growth.find((point) => point.command === command && point.records === records)?.cost.cpu ?? 0) /
    records;
  return largest(commands.map((command) => per(command, last) / Math.max(per(command, before), 1e-12)));
}

export type Verdict = 'stretch' | 'gate' | 'missed';

export function verdictOf({ gate, stretch }: Target, value: number): Verdict {
  if (stretch !== null && value <= stretch) return 'stretch';
  return gate !== null && value <= gate ? 'gate' : 'missed';
}
