import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BundleError, asBundleError } from '../base/errors.ts';
import { FindingList } from '../base/findings.ts';
import type { Digest } from '../base/digest.ts';
import type { Manifest } from '../manifest/types.ts';
import { BundleWalk } from '../reading/bundle-walk.ts';
import { openBundle } from '../reading/open-bundle.ts';

/** The names that a bundle file may have. */
const BUNDLE_NAME = /\.(indabundle|tar\.zst)$/i;

/** The head of a bundle is a few kilobytes. */
const READ_AHEAD = 64 * 1024;

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
 * What to read: a folder without an unpacked bundle in it stands for the bundle files that lie in
 * it, in the order of their names; everything else for itself.
 */
export function bundlesIn(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const files = volumeFiles(name);
    return files.length > 0 ? files : [name];
  });
}

function volumeFiles(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return [];
  if (statSync(join(folder, 'manifest.json'), { throwIfNoEntry: false })?.isFile()) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory() && BUNDLE_NAME.test(entry.name))
    .map((entry) => entry.name);
  return names.sort().map((name) => join(folder, name));
}

/**
 * Tells which series the files belong to, from the head of each. Bundles that are no volumes, and
 * files that cannot be read, are in none: whoever reads them will say what is wrong.
 */
export async function findSeries(paths: readonly string[], signal?: AbortSignal): Promise<FoundSeries[]> {
  const series = new Map<string, { manifest: Manifest; volumes: FoundVolume[] }>();
  for (const path of paths) {
    signal?.throwIfAborted();
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

async function readHead(path: string): Promise<{ manifest: Manifest; bundleId: Digest } | null> {
  const findings = new FindingList();
  try {
    const { reader } = await openBundle(path, findings, READ_AHEAD);
    try {
      for await (const item of new BundleWalk(reader, findings, { proveAll: false }).items()) {
        if (item.kind === 'manifest') return { manifest: item.manifest, bundleId: item.bundleId };
      }
    } finally {
      await reader.close();
    }
  } catch (error) {
    if ((asBundleError(error, path) as Partial<BundleError>).code === undefined) throw error;
  }
  return null;
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
