import { resolve } from 'node:path';
import { breathe } from '../base/breathe.ts';
import { asBundleError } from '../base/errors.ts';
import { silent } from '../base/events.ts';
import { creationTime, sourceLabel } from '../base/head-facts.ts';
import { VERSION } from '../base/version.ts';
import { findsPhotos } from '../archive/any-file.ts';
import { checkOutput } from '../archive/check-output.ts';
import { takeLock } from '../archive/lock.ts';
import { type Archive, openToRead } from '../archive/open.ts';
import { PartFile } from '../bundle/part-file.ts';
import { CatalogWriter } from '../catalog-file/catalog-writer.ts';
import { CATALOG_NAME, CATALOG_VERSION, type CatalogImage } from '../catalog-file/types.ts';
import { archiveImages } from '../holdings/archive-images.ts';
import type { CatalogHead } from '../manifest/types.ts';
import type { CatalogOptions, CatalogResult } from './options.ts';
import { SortedImages } from './sorted-images.ts';

/**
 * Writes what an archive has into a file that is sent instead of the database: digests, site image
 * ids, sizes and authors; no titles, nothing personal, no bans (docs/catalog.md).
 *
 * @throws BundleError `output-exists`, `output-locked`, `db-...`, `no-space`, `io-error`, `interrupted`
 */
export async function writeCatalog(options: CatalogOptions): Promise<CatalogResult> {
  const started = performance.now();
  const path = resolve(options.output);
  const created = creationTime(options.created);
  const label = sourceLabel(options.label);
  const archive = openToRead(options.db, { root: options.root, observer: options.observer });
  try {
    checkOutput(path, { force: options.force ?? false, archive });
    const lock = takeLock(`${path}.lock`, 'output-locked', path);
    try {
      return await write(archive, path, { created, label }, options, started);
    } finally {
      lock.release();
    }
  } catch (error) {
    throw asBundleError(error, path, options.signal);
  } finally {
    archive.close();
  }
}

async function write(
  archive: Archive,
  path: string,
  { created, label }: Pick<CatalogHead, 'created'> & CatalogHead['source'],
  options: CatalogOptions,
  started: number,
): Promise<CatalogResult> {
  const { images, tally } = await gather(archive, options);
  const head: CatalogHead = {
    format: { name: CATALOG_NAME, version: CATALOG_VERSION, capabilities: [] },
    created,
    generator: { name: 'indabundle', version: VERSION },
    source: { label },
    images: tally.images,
  };
  const catalogBytes = await writeFile(path, head, images.sorted(), options);
  return { path, ...tally, catalogBytes, seconds: (performance.now() - started) / 1000 };
}

type Tally = Pick<CatalogResult, 'images' | 'here' | 'missing' | 'withoutDigest' | 'photoBytes'>;

async function gather(
  archive: Archive,
  options: CatalogOptions,
): Promise<{ images: SortedImages; tally: Tally }> {
  const observer = options.observer ?? silent;
  const filesThere = await findsPhotos(archive, observer, 'own-photos-believed', options.maps);
  const total = Number(archive.db.prepare('SELECT count(*) FROM main.images').pluck().get());
  observer({ type: 'phase', phase: 'read', total, unit: 'records' });
  const sorted = new SortedImages(archive.scratch);
  const tally = { images: 0, here: 0, missing: 0, withoutDigest: 0, photoBytes: 0 };
  for await (const images of archiveImages(archive, filesThere, {
    maps: options.maps ?? [],
    signal: options.signal,
  })) {
    for (const image of images) {
      sorted.add(image);
      tally[image.here ? 'here' : 'missing'] += 1;
      if (image.digest === null) tally.withoutDigest += 1;
      tally.photoBytes += image.size ?? 0;
    }
    tally.images += images.length;
    observer({ type: 'progress', done: tally.images });
  }
  return { images: sorted, tally };
}

async function writeFile(
  path: string,
  head: CatalogHead,
  images: Iterable<CatalogImage>,
  options: CatalogOptions,
): Promise<number> {
  return await PartFile.whole(path, async (sink) => {
    const writer = new CatalogWriter(sink);
    await writer.begin(head);
    for (const image of images) {
      await breathe();
      await writer.add(image);
    }
    options.signal?.throwIfAborted();
    await writer.end();
    options.observer?.({ type: 'phase', phase: 'sync' });
    return writer.bytes;
  });
}
