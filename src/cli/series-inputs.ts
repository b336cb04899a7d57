import { statusAt } from '../base/status-at.ts';
import type { FoundSeries } from '../inspect/find-series.ts';
import { checkInputs } from './bundle-inputs.ts';
import type { Session } from './session.ts';

/** What a command reads: bundles in order, and the series that some of them belong to. */
export interface BundleInputs {
  readonly names: readonly string[];
  readonly series: readonly FoundSeries[];
}

/**
 * Folders of volumes become the volumes in them; a look at the head of each file tells the series.
 *
 * @throws UsageProblem for standard input that cannot be read
 */
export async function gatherInputs(session: Session, given: readonly string[]): Promise<BundleInputs> {
  checkInputs(given, session.world, session.command);
  const { bundlesIn, findSeries } = await import('../inspect/find-series.ts');
  const names = bundlesIn(given);
  // A pipe can be read only once: its head is not for looking.
  const files = names.filter((name) => statusAt(name)?.isFile());
  return { names, series: await findSeries(files, session.world.signal) };
}

/** Number of the operation that a bundle belongs to, from 0: volumes of one series share one. */
export function groupOf({ names, series }: BundleInputs, name: string): number {
  const keyOf = (path: string) =>
    series.findIndex(({ volumes }) => volumes.some((volume) => volume.path === path));
  const groups = [...new Set(names.map((path) => (keyOf(path) < 0 ? path : keyOf(path))))];
  return groups.indexOf(keyOf(name) < 0 ? name : keyOf(name));
}
