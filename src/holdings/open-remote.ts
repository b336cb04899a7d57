import { resolve } from 'node:path';
import { BundleError } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import { firstBytes, isDatabaseFile } from '../base/first-bytes.ts';
import { statusAt } from '../base/status-at.ts';
import { findsPhotos } from '../archive/any-file.ts';
import { openToRead } from '../archive/open.ts';
import { CatalogReader } from '../catalog-file/catalog-reader.ts';
import { archiveImages } from './archive-images.ts';
import { Holdings } from './holdings.ts';

export type RemoteKind = 'database' | 'catalog';

export interface RemoteOptions {
  /** The folder that relative `local_path`s of a remote database start from. */
  readonly root?: string | undefined;
  readonly observer?: Observer | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What another archive has, and where that was read. */
export interface Remote {
  readonly path: string;
  readonly kind: RemoteKind;
  /** What its owner calls it; null for a database. */
  readonly label: string | null;
  readonly holdings: Holdings;
}

const ZSTD_MAGIC = 0xfd2fb528;

/**
 * Tells a database (or the folder of one) from a catalogue by its first bytes.
 *
 * @throws BundleError `input-not-found`, `not-a-remote`
 */
export function remoteKind(path: string): RemoteKind {
  const status = statusAt(path);
  if (status === undefined) throw new BundleError('input-not-found', { params: { path } });
  if (status.isDirectory()) return 'database';
  if (isDatabaseFile(path)) return 'database';
  if (isCatalog(path)) return 'catalog';
  throw new BundleError('not-a-remote', { params: { path } });
}

/** True for a file that begins as a catalogue does. */
export function isCatalog(path: string): boolean {
  if (!statusAt(path)?.isFile()) return false;
  const head = firstBytes(path, 4);
  return head.length === 4 && head.readUInt32LE(0) === ZSTD_MAGIC;
}

/**
 * Reads what a database or a catalogue says that an archive has.
 *
 * @throws BundleError `input-not-found`, `not-a-remote`, `not-a-catalog`, `db-...`
 */
export async function openRemote(path: string, options: RemoteOptions = {}): Promise<Remote> {
  const full = resolve(path);
  return remoteKind(full) === 'database'
    ? await fromDatabase(full, options)
    : await fromCatalog(full, options);
}

async function fromDatabase(
  path: string,
  { root, observer = silent, signal }: RemoteOptions,
): Promise<Remote> {
  const archive = openToRead(path, { root, observer });
  try {
    const filesThere = await findsPhotos(archive, observer, 'photo-folder-missing');
    const holdings = await Holdings.load(archiveImages(archive, filesThere, { signal }));
    return { path: archive.path, kind: 'database', label: null, holdings };
  } finally {
    archive.close();
  }
}

async function fromCatalog(path: string, { signal }: RemoteOptions): Promise<Remote> {
  const reader = await CatalogReader.open(path);
  try {
    const holdings = await Holdings.load(watched(reader.groups(), signal));
    return { path, kind: 'catalog', label: reader.head.source.label, holdings };
  } finally {
    await reader.close();
  }
}

async function* watched<T>(items: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T> {
  for await (const item of items) {
    signal?.throwIfAborted();
    yield item;
  }
}
