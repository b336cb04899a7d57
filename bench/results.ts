/** What the benchmark found, as `performance.json` keeps it. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Machine } from './machine.ts';
import type { Cost } from './measure.ts';
import type { CorpusName } from './options.ts';

export type PairStep = 'export' | 'verify' | 'apply';

/** One command beside one peer: medians over the runs; `ratio` is the median of the ratios of the pairs. */
export interface Pair {
  readonly corpus: CorpusName;
  readonly step: PairStep;
  readonly peer: string;
  readonly label: string;
  readonly runs: number;
  readonly ours: Cost;
  readonly theirs: Cost;
  readonly ratio: Cost;
}

/** One command without a peer. */
export interface Single {
  readonly corpus: CorpusName;
  readonly step: 'again' | 'inspect';
  readonly records: number;
  readonly cost: Cost;
  /** Bytes of the bundle that were read; null where nothing could count them. */
  readonly bytesRead: number | null;
}

export interface Size {
  readonly corpus: CorpusName;
  readonly bundle: number;
  readonly tar: number;
  readonly ratio: number;
}

/** One command on one size of the growth measurement. */
export interface GrowthPoint {
  readonly command: string;
  readonly records: number;
  readonly cost: Cost;
}

/** One line of the benchmark of catalogues and comparisons. */
export interface Comparison {
  readonly what: string;
  /** Images on each side. */
  readonly images: number;
  readonly seconds: number;
  /** Peak memory in MiB; null for other programs. */
  readonly memory: number | null;
}

export interface CorpusFacts {
  readonly name: CorpusName;
  readonly about: string;
  readonly files: number;
  readonly bytes: number;
  readonly pictures: string;
}

/** Everything measured with one setting of cores and threads. */
export interface ResultSet {
  readonly setting: string;
  readonly measuredAt: string;
  readonly runs: number;
  readonly note: string;
  readonly machine: Machine;
  readonly corpora: readonly CorpusFacts[];
  readonly pairs: readonly Pair[];
  readonly singles: readonly Single[];
  readonly sizes: readonly Size[];
  readonly growth: readonly GrowthPoint[];
  readonly comparisons: readonly Comparison[];
}

export interface Results {
  readonly sets: readonly ResultSet[];
}

const NAME = 'performance.json';

export function readResults(docs: string): Results {
  const file = path.join(docs, NAME);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : { sets: [] };
}

export function writeResults(docs: string, results: Results): void {
  const short = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(5)) : value;
  writeFileSync(path.join(docs, NAME), `${JSON.stringify(results, short, 2)}\n`);
}

/** Puts a run's results in the place of older ones of the same setting; what it did not measure stays. */
export function mergeResults(earlier: Results, now: ResultSet): Results {
  const before = earlier.sets.find(({ setting }) => setting === now.setting);
  const set = before === undefined ? now : mergeSets(before, now);
  const others = earlier.sets.filter(({ setting }) => setting !== now.setting);
  return { sets: [...others, set].toSorted((one, other) => one.setting.localeCompare(other.setting)) };
}

function mergeSets(before: ResultSet, now: ResultSet): ResultSet {
  return {
    ...now,
    corpora: newest(before.corpora, now.corpora, ({ name }) => name),
    pairs: newest(before.pairs, now.pairs, ({ corpus, step, peer }) => `${corpus} ${step} ${peer}`),
    singles: newest(before.singles, now.singles, ({ corpus, step }) => `${corpus} ${step}`),
    sizes: newest(before.sizes, now.sizes, ({ corpus }) => corpus),
    growth: newest(before.growth, now.growth, ({ command, records }) => `${command} ${records}`),
    comparisons: newest(before.comparisons, now.comparisons, ({ what }) => what),
  };
}

function newest<T>(before: readonly T[], now: readonly T[], keyOf: (each: T) => string): T[] {
  const replaced = new Set(now.map(keyOf));
  return [...before.filter((each) => !replaced.has(keyOf(each))), ...now];
}
