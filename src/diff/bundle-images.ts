import { BundleError } from '../base/errors.ts';
import { silent } from '../base/events.ts';
import { FindingList } from '../base/findings.ts';
import { siteSize } from '../archive/identity.ts';
import type { CatalogImage } from '../catalog-file/types.ts';
import { identityPart, textOrNull } from '../holdings/archive-images.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { BundleWalk } from '../reading/bundle-walk.ts';
import { openBundle } from '../reading/open-bundle.ts';
import type { RemoteOptions } from '../holdings/open-remote.ts';
import { skipUnwanted } from '../reading/skip-unwanted.ts';
import { contentsLostIn } from '../reading/contents-lost.ts';

/**
 * The images of bundles, as a catalogue would list them; `absent` takes the digests of what was left out
 * or is lost. No payload is read where a bundle can be read at any position, and is not damaged.
 */
export async function* bundleImages(
  paths: readonly string[],
  absent: Set<string>,
  { signal, observer = silent }: RemoteOptions,
): AsyncGenerator<readonly CatalogImage[]> {
  for (const path of paths) {
    const findings = new FindingList();
    const opened = await openBundle(path, findings);
    const walk = new BundleWalk(opened.reader, findings, { proveAll: false, signal });
    try {
      for await (const item of walk.items()) {
        if (item.kind === 'records') yield [...item.shard].filter((record) => record !== null).map(imageOf);
        if (item.kind === 'omitted' && item.line.digest !== undefined) absent.add(item.line.digest);
        if (item.kind === 'payload-begins') await skipUnwanted(opened, walk, () => false);
      }
    } finally {
      await opened.reader.close();
    }
    const [refusal] = findings.listed;
    if (findings.refused)
      throw new BundleError('bundle-not-acceptable', {
        params: { path, reason: refusal?.code ?? '' },
        findings: findings.listed,
      });
    if (findings.damaged > 0) {
      for (const digest of await contentsLostIn(path, signal)) absent.add(digest);
      observer({ type: 'notice', notice: 'bundle-damaged', params: { path } });
    }
  }
}

function imageOf({ image, file }: ImageRecord): CatalogImage {
  const { url = null, page_url = null } = image;
  const digest = file?.digest ?? image.sha256_hash ?? null;
  return {
    ...identityPart({ url, page_url, sha256_hash: digest }),
    here: file !== undefined,
    size: file?.size ?? null,
    rank: siteSize(url),
    author: textOrNull(image.author),
  };
}
