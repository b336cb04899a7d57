import type { Digest } from '../base/digest.ts';
import { BundleError } from '../base/errors.ts';
import type { Manifest } from '../manifest/types.ts';
import { readHead } from '../reading/read-head.ts';

export { bundlesIn } from '../reading/volume-files.ts';

/** A volume that was found, and where. */
export interface FoundVolume {
  readonly path: string;
  readonly number: number;
  readonly bundleId: Digest;
}

/** The volumes of one export among what was named. */
export interface FoundSeries {
  readonly exportId: string;
  readonly label: string;
  /** UTC. */
  readonly created: string;
  readonly count: number;
  /** In order; one that was found several times is there several times. */
  readonly volumes: readonly FoundVolume[];
  /** Numbers of volumes that were not found. */
  readonly missing: readonly number[];
  /** Numbers of volumes that were found more than once. */
  readonly doubled: readonly number[];
}

/**
 * Tells which series the files belong to, from the head of each. Bundles that are no volumes, and
 * files that cannot be read, are in none: whoever reads them will say what is wrong.
 */
export async function findSeries(paths: readonly string[], signal?: AbortSignal): Promise<FoundSeries[]> {
  const series = new Map<string, { manifest: Manifest; volumes: FoundVolume[] }>();
  for (const path of paths) {
    if (signal?.aborted) throw new BundleError('interrupted');
    const head = await readHead(path);
    if (head === null || head.manifest.volume.count === 1) continue;
    const { export_id: exportId, volume } = head.manifest;
    const key = `${volume.count} ${exportId}`;
    const found = series.get(key) ?? { manifest: head.manifest, volumes: [] };
    found.volumes.push({ path, number: volume.number, bundleId: head.bundleId });
    series.set(key, found);
  }
  return [...series.values()].map(({ manifest, volumes }) => foundSeries(manifest, volumes));
}

function foundSeries(manifest: Manifest, volumes: readonly FoundVolume[]): FoundSeries {
  const { count } = manifest.volume;
  const times = new Map<number, number>();
  for (const { number } of volumes) times.set(number, (times.get(number) ?? 0) + 1);
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  return {
    exportId: manifest.export_id,
    label: manifest.source.label,
    created: manifest.created,
    count,
    volumes: [...volumes].sort((a, b) => a.number - b.number),
    missing: numbers.filter((number) => !times.has(number)),
    doubled: numbers.filter((number) => (times.get(number) ?? 0) > 1),
  };
}
