/** Runs one command and says what it took. */

import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { hasProgram } from './programs.ts';

/** What one run took. */
export interface Cost {
  /** Seconds on the clock. */
  readonly wall: number;
  /** Seconds of processor time, user and system, of the command and everything that it started. */
  readonly cpu: number;
  /** MiB: the peak of the largest process. */
  readonly memory: number;
}

export interface Command {
  /** A script for `sh`; what is to be measured in one process is `exec`ed. */
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  /** Cores to pin to; all when undefined. */
  readonly cores: number | undefined;
}

const MOST_MINUTES = 120;
const TICKS_PER_SECOND = 100;

/**
 * Runs a script to its end.
 *
 * @throws Error with the end of its output if its status is not 0
 */
export async function measure(command: Command, folder: string): Promise<Cost> {
  const report = path.join(folder, `cost-${process.hrtime.bigint()}.txt`);
  const gnuTime = hasProgram('/usr/bin/time');
  const argv = [...pinning(command.cores), 'sh', '-c', command.script];
  if (gnuTime) argv.unshift('/usr/bin/time', '-q', '-o', report, '-f', '%U %S %M');
  const start = process.hrtime.bigint();
  const watched = await runToEnd(argv, command.env, !gnuTime);
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  if (!gnuTime) return { wall, ...watched };
  const [user = 0, system = 0, kibibytes = 0] = readFileSync(report, 'utf8').split(/\s+/).map(Number);
  rmSync(report);
  return { wall, cpu: user + system, memory: kibibytes / 1_024 };
}

function pinning(cores: number | undefined): string[] {
  if (cores === undefined) return [];
  if (!hasProgram('taskset')) throw new Error('--cores needs taskset (util-linux)');
  return ['taskset', '-c', cores === 1 ? '0' : `0-${cores - 1}`];
}

type Watched = Pick<Cost, 'cpu' | 'memory'>;

function runToEnd(argv: readonly string[], env: Command['env'], watches: boolean): Promise<Watched> {
  const [program = 'sh', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: MOST_MINUTES * 60_000,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-4_000)));
    }
    let watched: Watched = { cpu: 0, memory: 0 };
    const timer = watches ? setInterval(() => (watched = look(child.pid, watched)), 10) : undefined;
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearInterval(timer);
      if (status === 0) resolve(watched);
      else reject(new Error(`ended with ${status ?? signal}: ${argv.at(-1)}\n${said}`));
    });
  });
}

/** Stands in for GNU time: what /proc says of the process and of its children that have ended. */
function look(pid: number | undefined, before: Watched): Watched {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 16).map(Number);
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    const cpu = ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
    return { cpu: Math.max(cpu, before.cpu), memory: Math.max(Number(peak ?? 0) / 1_024, before.memory) };
  } catch {
    return before;
  }
}

/** The middle of some numbers; of two middles their mean. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [upper, lower] = [sorted[middle] ?? Number.NaN, sorted[middle - 1] ?? Number.NaN];
  return sorted.length % 2 === 1 ? upper : (upper + lower) / 2;
}

/** The middle of each of the three, over several runs. */
export function medianCost(costs: readonly Cost[]): Cost {
  return {
    wall: median(costs.map(({ wall }) => wall)),
    cpu: median(costs.map(({ cpu }) => cpu)),
    memory: median(costs.map(({ memory }) => memory)),
  };
}
