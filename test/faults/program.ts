import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { scratchFolder } from './scratch.ts';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const SHIM = fileURLToPath(new URL('io-shim.c', import.meta.url));

/** How a process ended. */
export interface Ran {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Errno = 'ENOSPC' | 'EIO' | 'EROFS' | 'EACCES';

/** What the shim shall do; see io-shim.c. */
export interface Fault {
  readonly root: string;
  readonly calls?: string;
  readonly names?: string;
  readonly at?: number;
  readonly act?: Errno | `${Errno}+` | 'KILL' | 'STOP';
  readonly count?: string;
  readonly trace?: string;
  readonly nolinks?: true;
}

/** Compiles the shim; null where there is no compiler, or none that can do this. */
export function compiledShim(): string | null {
  if (process.platform !== 'linux') return null;
  const library = join(scratchFolder('disk'), 'io-shim.so');
  const { status } = spawnSync('cc', ['-O1', '-shared', '-fPIC', '-o', library, SHIM, '-ldl', '-lpthread']);
  return status === 0 && existsSync(library) ? library : null;
}

function faultEnvironment(shim: string, fault: Fault): NodeJS.ProcessEnv {
  const given = Object.entries(fault).filter(([, value]) => value !== undefined);
  const settings = Object.fromEntries(
    given.map(([name, value]) => [`IO_SHIM_${name.toUpperCase()}`, String(value)]),
  );
  return { LD_PRELOAD: shim, UV_USE_IO_URING: '0', ...settings };
}

export interface RunOptions {
  readonly shim?: string;
  readonly fault?: Fault;
  readonly env?: NodeJS.ProcessEnv;
  /** SIGKILL after so many milliseconds. */
  readonly killAfter?: number;
  /** Node's own options. */
  readonly node?: readonly string[];
}

/** The compiled program at work. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
}

/** Starts the compiled program. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  const faults = options.shim && options.fault ? faultEnvironment(options.shim, options.fault) : {};
  const env = { ...process.env, LC_ALL: 'C', ...faults, ...options.env };
  const child = spawn(process.execPath, [...(options.node ?? []), MAIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  }
  const ended = new Promise<Ran>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, ...texts }));
  });
  return { child, ended };
}

/** Runs the compiled program. */
export async function indabundle(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { child, ended } = start(args, options);
  const { killAfter } = options;
  const killer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  try {
    return await ended;
  } finally {
    clearTimeout(killer);
  }
}

/** Waits until a process stands still, as the shim's STOP makes it; false when it has ended. */
export async function isStopped({ child }: Running): Promise<boolean> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const status = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    if (status.slice(status.lastIndexOf(')') + 2).startsWith('T')) return true;
    await sleep(5);
  }
}

/** A call that the shim saw. */
export interface Call {
  readonly call: string;
  readonly path: string;
}

/** The calls of these kinds that an undisturbed run makes below a folder, in their order. */
export async function callsOf(
  shim: string,
  args: readonly string[],
  fault: Fault & { readonly count: string },
): Promise<Call[]> {
  const ran = await indabundle(args, { shim, fault });
  if (ran.status !== 0 && ran.status !== 3) throw new Error(`the undisturbed run failed: ${ran.stderr}`);
  const lines = readFileSync(fault.count, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [call = '', path = ''] = line.split('\t');
    return { call, path };
  });
}

/** How many of these calls the shim counts for a fault. */
export function countedOf(calls: readonly Call[], fault: Pick<Fault, 'calls' | 'names'>): number {
  return calls.filter(({ call, path }) => fault.calls?.includes(call) && path.includes(fault.names ?? ''))
    .length;
}

/** Numbers from 1 to `last`: all of them, or `most` spread evenly, with the first and the last. */
export function spread(last: number, most: number): number[] {
  if (last <= most) return Array.from({ length: last }, (_, at) => at + 1);
  return [
    ...new Set(Array.from({ length: most }, (_, at) => 1 + Math.round((at * (last - 1)) / (most - 1)))),
  ];
}
