import type { Digest } from '../base/digest.ts';
import { asBundleError, type BundleError } from '../base/errors.ts';
import { FindingList } from '../base/findings.ts';
import type { Manifest } from '../manifest/types.ts';
import { BundleWalk } from './bundle-walk.ts';
import { openBundle } from './open-bundle.ts';

/** The head of a bundle is a few kilobytes: there is no need to read megabytes ahead. */
export const HEAD_READ_AHEAD = 64 * 1024;

/** What a bundle says of itself in its head. Returns null, not throws, where that cannot be read. */
export async function readHead(path: string): Promise<{ manifest: Manifest; bundleId: Digest } | null> {
  const findings = new FindingList();
  try {
    const { reader } = await openBundle(path, findings, HEAD_READ_AHEAD);
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
