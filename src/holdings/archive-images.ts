import { breathe } from '../base/breathe.ts';
import { parseDigest } from '../base/digest.ts';
import { MAX_TEXT_LENGTH } from '../base/limits.ts';
import { siteImageId, siteSize } from '../archive/identity.ts';
import { localSize } from '../archive/local-file.ts';
import type { LocalImage } from '../archive/local-index.ts';
import type { Archive } from '../archive/open.ts';
import type { PathMap } from '../archive/photo-path.ts';
import type { CatalogImage } from '../catalog-file/types.ts';

/** One image that an archive has, as its catalogue would say it, with the number of its row. */
export interface HeldImage extends CatalogImage {
  readonly id: number;
}

export interface LookOptions {
  readonly maps?: readonly PathMap[];
  readonly signal?: AbortSignal | undefined;
}

type Row = LocalImage & { readonly author: unknown };

const BATCH = 1000;

/**
 * All images of an archive in the order of their rows, with a look at each file's size.
 * Nothing is read: a file that is there and not empty is believed to be what its row says.
 */
export async function* archiveImages(
  archive: Archive,
  filesThere: boolean,
  options: LookOptions = {},
): AsyncGenerator<readonly HeldImage[]> {
  const { db, shape } = archive;
  const columns = ['url', 'page_url', 'local_path', 'sha256_hash', 'author'].map((name) =>
    shape.text('images', name),
  );
  const select = db.prepare<[number], Row>(
    `SELECT id, ${columns.join(', ')} FROM main.images WHERE id > ? ORDER BY id LIMIT ${BATCH}`,
  );
  for (let last = -Infinity; ; ) {
    await breathe();
    options.signal?.throwIfAborted();
    const rows = select.all(last);
    if (rows.length === 0) return;
    yield rows.map((row) => heldImage(archive.root, row, filesThere, options.maps ?? []));
    last = rows.at(-1)!.id;
  }
}

function heldImage(root: string, row: Row, filesThere: boolean, maps: readonly PathMap[]): HeldImage {
  const size = filesThere ? localSize(root, row, maps) : null;
  const here = filesThere ? (size ?? 0) > 0 : Boolean(row.local_path);
  return {
    id: row.id,
    ...identityPart(row),
    here,
    size: here ? size : null,
    rank: siteSize(row.url),
    author: textOrNull(row.author),
  };
}

export function identityPart(
  row: Pick<LocalImage, 'url' | 'page_url' | 'sha256_hash'>,
): Pick<CatalogImage, 'site' | 'url' | 'pageUrl' | 'digest'> {
  const url = textOrNull(row.url) || null;
  const pageUrl = textOrNull(row.page_url) || null;
  const site = siteImageId({ url, pageUrl });
  const digest = parseDigest(row.sha256_hash);
  const askByUrl = url !== null && (digest === null || siteImageId({ url, pageUrl: null }) === null);
  const askByPage =
    pageUrl !== null && ((digest === null && url === null) || siteImageId({ url: null, pageUrl }) === null);
  return {
    site: site === null ? null : Number(site),
    url: askByUrl ? url : null,
    pageUrl: askByPage ? pageUrl : null,
    digest,
  };
}

/** What cannot be written as UTF-8 text, or is longer than a record can have it, is no address and no name. */
export function textOrNull(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_TEXT_LENGTH) return null;
  return value.isWellFormed() && !value.includes('\0') ? value : null;
}
