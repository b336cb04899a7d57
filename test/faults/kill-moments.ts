import { once } from 'node:events';
import { watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Ran, type Running, start } from './program.ts';

/** Starts the program and waits for the first change that it makes in a folder: before, there is nothing to spoil. */
async function startedWork(args: readonly string[], folder: string): Promise<Running> {
  const watcher = watch(folder);
  try {
    const changed = once(watcher, 'change');
    const running = start(args);
    await Promise.race([changed, running.ended]);
    return running;
  } finally {
    watcher.close();
  }
}

/** Milliseconds from the first change that an undisturbed run makes in a folder to its end. */
export async function workingTime(args: readonly string[], folder: string): Promise<number> {
  const { ended } = await startedWork(args, folder);
  const begun = performance.now();
  const { status, stderr } = await ended;
  if (status !== 0) throw new Error(`the undisturbed run failed: ${stderr}`);
  return performance.now() - begun;
}

/** Kills the program so many milliseconds after the first change that it makes in a folder. */
export async function killedAtWork(
  args: readonly string[],
  folder: string,
  milliseconds: number,
): Promise<Ran> {
  const { child, ended } = await startedWork(args, folder);
  await Promise.race([sleep(milliseconds), ended]);
  child.kill('SIGKILL');
  return ended;
}
