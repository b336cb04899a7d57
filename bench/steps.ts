/** The measurements: pairs, single commands, sizes and growth. */

import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { type Corpus, openCorpus } from './corpora/corpus.ts';
import { BUNDLE, catalogScript, hasCommand, indabundle, inspectScript } from './indabundle.ts';
import { type Cost, median, medianCost } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { BY_HAND, type Peer } from './peers.ts';
import { bytesReadOf } from './reads.ts';
import type { GrowthPoint, Pair, PairStep, Single, Size } from './results.ts';
import type { Workshop } from './workshop.ts';

type Runner = (peer: Peer, corpus: Corpus) => Promise<Cost>;

/** Runs ours and a peer's in turn, who goes first alternating, and takes the ratio of each pair. */
export async function measurePair(
  step: PairStep,
  corpus: Corpus,
  peer: Peer,
  bench: { readonly options: BenchOptions; readonly workshop: Workshop },
): Promise<Pair> {
  const own = indabundle(bench.options);
  const run = runnerOf(step, bench.workshop);
  const pairs: { readonly ours: Cost; readonly theirs: Cost }[] = [];
  for (let round = 0; round < bench.options.runs; round += 1) {
    const [first, second] = round % 2 === 0 ? [own, peer] : [peer, own];
    const costs = [await run(first, corpus), await run(second, corpus)] as const;
    const [ours, theirs] = round % 2 === 0 ? costs : [costs[1], costs[0]];
    pairs.push({ ours, theirs });
  }
  const part = (name: keyof Cost) =>
    median(pairs.map(({ ours, theirs }) => ours[name] / floor(theirs[name])));
  return {
    ...{ corpus: corpus.name, step, peer: peer.name, label: peer.label, runs: bench.options.runs },
    ours: medianCost(pairs.map(({ ours }) => ours)),
    theirs: medianCost(pairs.map(({ theirs }) => theirs)),
    ratio: { wall: part('wall'), cpu: part('cpu'), memory: part('memory') },
  };
}

/** The clock of processor time counts hundredths of a second: less than one counts as one. */
function floor(cost: number): number {
  return Math.max(cost, 0.01);
}

function runnerOf(step: PairStep, workshop: Workshop): Runner {
  switch (step) {
    case 'export':
      return async (peer, corpus) => (await workshop.pack(peer, corpus)).cost;
    case 'apply':
      return async (peer, corpus) => (await workshop.unpack(peer, corpus)).cost;
    case 'verify':
      return (peer, corpus) => workshop.read(peer.verify ?? 'false', peer, corpus);
    default:
      throw new RangeError(`no such step: ${String(step satisfies never)}`);
  }
}

/** What was applied must be the very files: their digests, counted by another program. */
export async function proveApplied(corpus: Corpus, options: BenchOptions, workshop: Workshop): Promise<void> {
  const out = await workshop.unpacked(indabundle(options), corpus);
  const digests = (folder: string) =>
    execFileSync(
      'sh',
      [
        '-c',
        'find "$0" -type f -print0 | xargs -0 sha256sum | cut -c 1-64 | LC_ALL=C sort | sha256sum',
        folder,
      ],
      { encoding: 'utf8' },
    );
  const [sent, arrived] = [corpus.folder, out].map((folder) =>
    digests(path.join(folder, 'indafoto_archive')),
  );
  if (sent !== arrived)
    throw new Error(`${corpus.name}: the files that arrived are not those that were sent`);
}

/** Applies a bundle that is applied already. */
export async function measureAgain(
  corpus: Corpus,
  options: BenchOptions,
  workshop: Workshop,
): Promise<Single> {
  const own = indabundle(options);
  const out = await workshop.unpacked(own, corpus);
  const costs: Cost[] = [];
  for (let round = 0; round < options.runs; round += 1)
    costs.push(await workshop.read(own.unpack, own, corpus, out));
  return {
    corpus: corpus.name,
    step: 'again',
    records: corpus.files,
    cost: medianCost(costs),
    bytesRead: null,
  };
}

export async function measureInspect(
  corpus: Corpus,
  options: BenchOptions,
  workshop: Workshop,
): Promise<Single> {
  const own = indabundle(options);
  const script = inspectScript(options);
  const costs: Cost[] = [];
  for (let round = 0; round < options.runs; round += 1) costs.push(await workshop.read(script, own, corpus));
  const pack = await workshop.packed(own, corpus);
  const bytesRead = bytesReadOf(script, path.join(pack, BUNDLE), { PACK: pack });
  return { corpus: corpus.name, step: 'inspect', records: corpus.files, cost: medianCost(costs), bytesRead };
}

export async function measureSize(corpus: Corpus, options: BenchOptions, workshop: Workshop): Promise<Size> {
  const bundle = statSync(path.join(await workshop.packed(indabundle(options), corpus), BUNDLE)).size;
  const tar = statSync(path.join(await workshop.packed(BY_HAND, corpus), 'all.tar.zst')).size;
  return { corpus: corpus.name, bundle, tar, ratio: bundle / tar };
}

/** From here on one run says enough, and three would take long. */
const ONCE_FROM = 50_000;

/** Each of our commands on archives of more and more records. */
export async function measureGrowth(
  options: BenchOptions,
  workshop: Workshop,
  tell: (text: string) => void,
): Promise<GrowthPoint[]> {
  const own = indabundle(options);
  const withCatalog = hasCommand(options, 'catalog');
  const points: GrowthPoint[] = [];
  for (const records of options.growth) {
    const corpus = openCorpus('R', records, options);
    const runs = records >= ONCE_FROM ? 1 : options.runs;
    tell(`growth: ${records} records`);
    const add = async (command: string, run: () => Promise<Cost>) => {
      const costs: Cost[] = [];
      for (let round = 0; round < runs; round += 1) costs.push(await run());
      points.push({ command, records, cost: medianCost(costs) });
    };
    await add('export', async () => (await workshop.pack(own, corpus)).cost);
    await add('inspect', () => workshop.read(inspectScript(options), own, corpus));
    await add('verify', () => workshop.read(own.verify ?? 'false', own, corpus));
    await add('apply', async () => (await workshop.unpack(own, corpus)).cost);
    points.push({
      command: 'apply again',
      records,
      cost: (await measureAgain(corpus, options, workshop)).cost,
    });
    if (withCatalog) await add('catalog', () => workshop.read(catalogScript(options), own, corpus));
  }
  return points;
}
