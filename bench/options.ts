/** What a run of the benchmark is asked to do. */

import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

export const STEPS = ['export', 'verify', 'apply', 'again', 'inspect', 'growth', 'catalog'] as const;
export type Step = (typeof STEPS)[number];

export const CORPORA = ['M', 'S', 'R'] as const;
export type CorpusName = (typeof CORPORA)[number];

export interface BenchOptions {
  /** The compiled program to measure. */
  readonly program: string;
  readonly only: readonly Step[];
  readonly corpora: readonly CorpusName[];
  /** Names of `PEERS` to run beside; all that are installed when empty. */
  readonly peers: readonly string[];
  /** Multiplies the number of files of each corpus. */
  readonly scale: Readonly<Record<CorpusName, number>>;
  /** Records of each corpus of the growth measurement, ascending. */
  readonly growth: readonly number[];
  /** Times that each pair is run. */
  readonly runs: number;
  /** Handed to the commands; their own default when undefined. */
  readonly threads: number | undefined;
  /** Pins everything that is measured, peers too, to so many cores; no pinning when undefined. */
  readonly cores: number | undefined;
  /** Where corpora are kept from run to run. */
  readonly cache: string;
  /** Where fresh folders are made; emptied at the end. */
  readonly work: string;
  /** Where `performance.json`, `.svg` and `.md` are. */
  readonly docs: string;
  /** `system`: photographs that are installed; `own`: the project's drawn pictures. */
  readonly pictures: 'system' | 'own';
  /** Forgets what earlier runs wrote into `performance.json`. */
  readonly fresh: boolean;
  readonly note: string;
}

export const USAGE = `npm run bench -- [options]

  --scale X           multiplies the number of files, e.g. 0.01; or per corpus: M=0.1,S=0.05,R=0.01
  --corpora M,S,R     which corpora (default: all)
  --only STEPS        ${STEPS.join(', ')} (default: all)
  --peers NAMES       by-hand, openssl, cp, dar, borg, restic, squashfs (default: all that are installed)
  --growth N,N,...    records for the growth (default: 1000,10000,100000,1000000, times R's scale)
  --runs N            times that each pair is run (default: 5)
  --threads N         handed to the commands
  --cores N           pins everything that is measured to N cores
  --pictures own      use the project's own drawn pictures, even where photographs are installed
  --program FILE      another build to measure (default: dist/cli/main.js)
  --cache DIR         where corpora are kept (default: below the folder for temporary files)
  --work DIR          where fresh folders are made (default: the same)
  --docs DIR          where the results go (default: docs)
  --note TEXT         said beside the results, e.g. what else ran on the machine
  --fresh             forget the results of earlier runs`;

const OPTIONS = {
  scale: { type: 'string', default: '1' },
  corpora: { type: 'string', default: CORPORA.join(',') },
  only: { type: 'string', default: STEPS.join(',') },
  peers: { type: 'string', default: '' },
  growth: { type: 'string' },
  runs: { type: 'string', default: '5' },
  threads: { type: 'string' },
  cores: { type: 'string' },
  pictures: { type: 'string', default: 'system' },
  program: { type: 'string' },
  cache: { type: 'string' },
  work: { type: 'string' },
  docs: { type: 'string' },
  note: { type: 'string', default: '' },
  fresh: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** The project's folder, from the sources as from their compiled form. */
export function projectFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

/** @returns null where only the usage is asked for */
export function parseOptions(argv: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (values.help) return null;
  const project = projectFolder();
  const cache = path.resolve(values.cache ?? path.join(tmpdir(), 'indabundle-bench'));
  const scale = scales(values.scale);
  return {
    program: path.resolve(values.program ?? path.join(project, 'dist/cli/main.js')),
    only: amongst(STEPS, values.only, '--only'),
    corpora: amongst(CORPORA, values.corpora, '--corpora'),
    peers: list(values.peers),
    scale,
    growth: growthSizes(values.growth, scale.R),
    runs: positive(values.runs, '--runs'),
    threads: values.threads === undefined ? undefined : positive(values.threads, '--threads'),
    cores: values.cores === undefined ? undefined : positive(values.cores, '--cores'),
    pictures: values.pictures === 'own' ? 'own' : 'system',
    cache,
    work: path.resolve(values.work ?? cache),
    docs: path.resolve(values.docs ?? path.join(project, 'docs')),
    note: values.note,
    fresh: values.fresh,
  };
}

function list(text: string): string[] {
  return text.split(',').filter((word) => word !== '');
}

function amongst<T extends string>(known: readonly T[], text: string, option: string): T[] {
  const words = list(text);
  const stranger = words.find((word) => !(known as readonly string[]).includes(word));
  if (stranger !== undefined) throw new RangeError(`${option}: ${stranger} is none of ${known.join(', ')}`);
  return known.filter((name) => words.includes(name));
}

function positive(text: string, option: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new RangeError(`${option}: not a number from 1 on`);
  return number;
}

function scales(text: string): Record<CorpusName, number> {
  const scale = { M: 1, S: 1, R: 1 };
  for (const part of list(text)) {
    const [, name, value] = /^(?:([MSR])=)?([\d.]+)$/.exec(part) ?? [];
    if (!(Number(value) > 0)) throw new RangeError(`--scale: not understood: ${part}`);
    for (const each of name === undefined ? CORPORA : [name as CorpusName]) scale[each] = Number(value);
  }
  return scale;
}

function growthSizes(text: string | undefined, scale: number): number[] {
  const sizes =
    text === undefined ? [1e3, 1e4, 1e5, 1e6].map((size) => size * scale) : list(text).map(Number);
  return sizes.map((size) => Math.max(10, Math.round(size))).toSorted((one, other) => one - other);
}
