import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../src/cli/program.ts';
import { makeDemo } from '../../src/demo/demo-folder.ts';
import { type FakeWorld, fakeWorld } from './fake-world.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- what JSON answers is looked at by its members
export type Answer = any;

/** Two small archives, and a bundle of what the one has and the other lacks. */
export interface DemoArchives {
  readonly folder: string;
  readonly sender: string;
  readonly receiver: string;
  readonly bundle: string;
}

export async function demoArchives(): Promise<DemoArchives> {
  const folder = mkdtempSync(join(tmpdir(), 'indabundle-cli-'));
  const demo = makeDemo(join(folder, 'demo'));
  const [sender, receiver] = [join(demo.sender, 'indafoto.db'), join(demo.receiver, 'indafoto.db')];
  const bundle = join(folder, 'út.indabundle');
  await answer(['export', '--db', sender, '--for', receiver, '--label', 'Éva', '-o', bundle]);
  return { folder, sender, receiver, bundle };
}

/** A receiver of its own for each test that writes. */
export function freshReceiver(folder: string): string {
  const demo = makeDemo(mkdtempSync(join(folder, 'receiver-')));
  return join(demo.receiver, 'indafoto.db');
}

/** Runs a command line for its document. */
export async function answer(
  argv: readonly string[],
  world: FakeWorld = fakeWorld(),
): Promise<{ status: number; answer: Answer }> {
  const status = await run([...argv, '--json', '--quiet'], world);
  return { status, answer: JSON.parse(world.stdout.text) };
}

/** Runs a command line for what a person reads. */
export async function words(
  argv: readonly string[],
  world: FakeWorld = fakeWorld(),
): Promise<{ status: number; out: string; err: string }> {
  const status = await run(argv, world);
  return { status, out: world.stdout.text, err: world.stderr.text };
}
