import type { Digest } from '../base/digest.ts';
import { FindingList } from '../base/findings.ts';
import { BundleWalk } from '../reading/bundle-walk.ts';
import { openBundle } from '../reading/open-bundle.ts';
import type { LostRecord, VerifyOptions } from './types.ts';

/** Lost records that are listed by name; the rest is counted. */
const MOST_LISTED = 1000;

export interface Lost {
  readonly listed: readonly LostRecord[];
  readonly total: number;
}

/** Names what a walk found to be lost: by digest, and by address where the records can be read again. */
export async function lostRecords(walk: BundleWalk, input: VerifyOptions['input']): Promise<Lost> {
  const listed = new Map<Digest, LostRecord>();
  let total = 0;
  for (const digest of walk.lostContents()) {
    total += 1;
    if (listed.size < MOST_LISTED) listed.set(digest, { digest });
  }
  if (total > 0 && typeof input === 'string') await addAddresses(listed, input);
  return { listed: [...listed.values()], total };
}

/** A second look at the head alone: only who has lost something pays for it. */
async function addAddresses(lost: Map<Digest, LostRecord>, input: string): Promise<void> {
  const opened = await openBundle(input, new FindingList());
  try {
    const walk = new BundleWalk(opened.reader, new FindingList(), { proveAll: false });
    for await (const item of walk.items()) {
      if (item.kind === 'payload-begins') return;
      if (item.kind !== 'records') continue;
      for (const record of item.shard) {
        const digest = record?.file?.digest;
        const url = record?.image.url;
        if (digest !== undefined && url !== undefined && lost.has(digest)) lost.set(digest, { digest, url });
      }
    }
  } finally {
    await opened.reader.close();
  }
}
