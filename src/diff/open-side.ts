import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BundleError } from '../base/errors.ts';
import { statusAt } from '../base/status-at.ts';
import { Holdings } from '../holdings/holdings.ts';
import { isCatalog, openRemote, type RemoteOptions } from '../holdings/open-remote.ts';
import { readHead } from '../reading/read-head.ts';
import { bundlesIn } from '../reading/volume-files.ts';
import { bundleImages } from './bundle-images.ts';
import type { Side, SideKind } from './options.ts';

export interface OpenedSide {
  readonly side: Side;
  readonly holdings: Holdings;
}

/**
 * Reads what a bundle, a folder of volumes, a catalogue or a database has. Which of them it is, its
 * bytes tell, not its name.
 *
 * @throws BundleError `input-not-found`, `not-a-remote`, `not-a-side`, `not-a-catalog`, `bundle-not-acceptable`, `db-...`
 */
export async function openSide(name: string, options: RemoteOptions): Promise<OpenedSide> {
  const path = resolve(name);
  const bundles = bundlesIn([path]);
  const isFolder = statusAt(path)?.isDirectory() === true;
  if (isFolder && bundles[0] !== path) return await fromBundles(path, 'series', bundles, options);
  if (isFolder && statusAt(join(path, 'manifest.json')))
    return await fromBundles(path, 'bundle', [path], options);
  if (isFolder && !existsSync(join(path, 'indafoto.db')))
    throw new BundleError('not-a-side', { params: { path } });
  // Catalogues and bundles both begin as zstd does.
  if (!isFolder && isCatalog(path) && (await readHead(path)) !== null)
    return await fromBundles(path, 'bundle', [path], options);
  const { kind, label, holdings } = await openRemote(path, options);
  return opened(path, kind, label, holdings);
}

async function fromBundles(
  path: string,
  kind: SideKind,
  paths: readonly string[],
  options: RemoteOptions,
): Promise<OpenedSide> {
  const head = await readHead(paths[0]!);
  const absent = new Set<string>();
  const holdings = await Holdings.load(bundleImages(paths, absent, options));
  for (const digest of absent) holdings.loseFile(digest);
  return opened(path, kind, head?.manifest.source.label ?? null, holdings);
}

function opened(path: string, kind: SideKind, label: string | null, holdings: Holdings): OpenedSide {
  return { side: { path, kind, label, images: holdings.count, photos: holdings.here }, holdings };
}
