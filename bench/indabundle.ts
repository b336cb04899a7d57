/** indabundle's own commands, as scripts like those of the peers. */

import { spawnSync } from 'node:child_process';
import type { BenchOptions } from './options.ts';
import type { Peer } from './peers.ts';

export const BUNDLE = 'all.indabundle';

/**
 * The sender's database is a copy in PACK, so that each run books into a fresh one; the receiver's is an
 * empty one in OUT. Both are made beforehand. Nothing is switched off: durable writes, backup, checks.
 */
export function indabundle(options: BenchOptions): Peer {
  const threads = options.threads === undefined ? '' : ` --threads ${options.threads}`;
  const run = `exec "${process.execPath}" "${options.program}"`;
  const bundle = `"$PACK/${BUNDLE}"`;
  return {
    name: 'indabundle',
    label: 'indabundle',
    needs: [],
    pack: `${run} export --quiet --db "$PACK/indafoto.db" --root "$SRC" --all -o ${bundle}${threads}`,
    verify: `${run} verify --quiet${threads} ${bundle}`,
    unpack: `${run} apply --quiet --yes --db "$OUT/indafoto.db"${threads} ${bundle}`,
  };
}

export function inspectScript(options: BenchOptions): string {
  return `exec "${process.execPath}" "${options.program}" inspect --json "$PACK/${BUNDLE}"`;
}

export function catalogScript(options: BenchOptions): string {
  return `exec "${process.execPath}" "${options.program}" catalog --quiet --db "$PACK/indafoto.db" -o "$OUT/catalog"`;
}

/** Whether this build has a command. */
export function hasCommand(options: BenchOptions, name: string): boolean {
  const { stdout } = spawnSync(process.execPath, [options.program, '--help'], { encoding: 'utf8' });
  return new RegExp(`^ {2}${name}\\b`, 'm').test(stdout);
}
