import type { Digest } from '../base/digest.ts';
import { FindingList } from '../base/findings.ts';
import { BundleWalk } from './bundle-walk.ts';
import { openBundle } from './open-bundle.ts';

/** The contents that a damaged bundle names and does not have whole. Reads every byte of it. */
export async function contentsLostIn(path: string, signal: AbortSignal | undefined): Promise<Digest[]> {
  const findings = new FindingList();
  const opened = await openBundle(path, findings);
  try {
    const walk = new BundleWalk(opened.reader, findings, {
      proveAll: true,
      offer: 'unproven',
      lostHead: 'report',
      signal,
    });
    for await (const _ of walk.items());
    return [...walk.lostContents()];
  } finally {
    await opened.reader.close();
  }
}
