/** Runs what is asked for and writes the results down. */

import { existsSync, mkdirSync } from 'node:fs';
import { writeChart } from './chart/chart.ts';
import { measureComparisons } from './comparisons.ts';
import { corpusOf, type Corpus, openCorpus, RECIPES } from './corpora/corpus.ts';
import { describeMachine, type Machine } from './machine.ts';
import { type BenchOptions, type CorpusName, parseOptions, type Step, USAGE } from './options.ts';
import { installedPeers, type Peer } from './peers.ts';
import {
  mergeResults,
  type Pair,
  type PairStep,
  type Results,
  readResults,
  type ResultSet,
  writeResults,
} from './results.ts';
import {
  measureAgain,
  measureGrowth,
  measureInspect,
  measurePair,
  measureSize,
  proveApplied,
} from './steps.ts';
import { figure, resultsText, writeTables } from './tables.ts';
import { Workshop } from './workshop.ts';

type Tell = (text: string) => void;
type Measured = {
  -readonly [Part in
    | 'pairs'
    | 'singles'
    | 'sizes'
    | 'growth'
    | 'comparisons'
    | 'corpora']: ResultSet[Part][number][];
};

interface Bench {
  readonly options: BenchOptions;
  readonly workshop: Workshop;
  readonly peers: readonly Peer[];
  readonly measured: Measured;
  readonly tell: Tell;
}

/** The benchmark as a command: `argv` without node and script; `tell` gets what is printed. */
export async function bench(argv: readonly string[], tell: Tell): Promise<void> {
  const options = parseOptions(argv);
  if (options === null) return tell(USAGE);
  if (!existsSync(options.program)) throw new Error(`not built: ${options.program}`);
  mkdirSync(options.docs, { recursive: true });
  const peers = installedPeers(options.peers);
  const measured: Measured = { pairs: [], singles: [], sizes: [], growth: [], comparisons: [], corpora: [] };
  const earlier = options.fresh ? { sets: [] } : readResults(options.docs);
  const workshop = Workshop.open(options);
  const machine = describeMachine(options.work);
  const results = () => resultSet(options, machine, measured);
  try {
    for (const name of options.corpora) {
      await measureCorpus(name, { options, workshop, peers, measured, tell });
      publish(options, mergeResults(earlier, results()));
    }
  } finally {
    workshop.close();
  }
  tell(resultsText({ sets: [results()] }));
}

function resultSet(
  { cores, threads, runs, note }: BenchOptions,
  machine: Machine,
  measured: Measured,
): ResultSet {
  const count = cores ?? machine.cores;
  const told = threads === undefined ? '' : `, --threads ${threads}`;
  const setting = `${count} ${count === 1 ? 'core' : 'cores'}${told}`;
  return { setting, measuredAt: new Date().toISOString(), runs, note, machine, ...measured };
}

/** Written after each corpus, so that a run that is broken off has not been for nothing. */
function publish({ docs }: BenchOptions, results: Results): void {
  writeResults(docs, results);
  writeTables(docs, results);
  // The picture shows the setting with most cores.
  const byCores = results.sets.toSorted(
    (one, other) => Number.parseInt(other.setting, 10) - Number.parseInt(one.setting, 10),
  );
  if (byCores[0] !== undefined) writeChart(docs, byCores[0]);
}

async function measureCorpus(name: CorpusName, bench: Bench): Promise<void> {
  if (name === 'R') return measureRecords(bench);
  bench.tell(`${name}: making the corpus, where it is not there yet`);
  const corpus = corpusOf(name, bench.options);
  noteCorpus(corpus, bench);
  const { options, workshop, measured } = bench;
  const wants = (step: Step) => options.only.includes(step);
  if (wants('export')) await measurePairs('export', corpus, bench);
  if (wants('export')) measured.sizes.push(await measureSize(corpus, options, workshop));
  if (wants('verify')) await measurePairs('verify', corpus, bench);
  if (wants('apply')) await measurePairs('apply', corpus, bench);
  if (wants('apply')) await proveApplied(corpus, options, workshop);
  if (wants('again')) measured.singles.push(await measureAgain(corpus, options, workshop));
  if (wants('inspect')) measured.singles.push(await measureInspect(corpus, options, workshop));
}

async function measureRecords({ options, workshop, measured, tell }: Bench): Promise<void> {
  if (options.only.includes('growth')) {
    tell('R: making the corpora, where they are not there yet');
    const most = options.growth.at(-1);
    if (most !== undefined) noteCorpus(openCorpus('R', most, options), { measured });
    measured.growth.push(...(await measureGrowth(options, workshop, tell)));
  }
  if (options.only.includes('catalog')) measured.comparisons.push(...measureComparisons(options));
}

function noteCorpus({ name, files, bytes, pictures }: Corpus, { measured }: Pick<Bench, 'measured'>): void {
  measured.corpora.push({ name, about: RECIPES[name].about, files, bytes, pictures });
}

async function measurePairs(step: PairStep, corpus: Corpus, bench: Bench): Promise<void> {
  for (const peer of bench.peers) {
    if (step === 'verify' && peer.verify === undefined) continue;
    const pair = await measurePair(step, corpus, peer, bench);
    bench.measured.pairs.push(pair);
    bench.tell(pairLine(pair));
  }
}

/** `S export / by-hand: wall 0.71, CPU 0.65, memory 12.1 (1.20 s, 1.31 s, 140 MiB; ...)`. */
export function pairLine({ corpus, step, peer, ours, theirs, ratio }: Pair): string {
  const [one, other] = [ours, theirs].map(
    ({ wall, cpu, memory }) => `${figure(wall)} s, ${figure(cpu)} s, ${figure(memory)} MiB`,
  );
  const ratios = `wall ${figure(ratio.wall)}, CPU ${figure(ratio.cpu)}, memory ${figure(ratio.memory)}`;
  return `${corpus} ${step} / ${peer}: ${ratios} (${one}; ${other})`;
}
