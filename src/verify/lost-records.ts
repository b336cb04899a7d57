import { type Digest, digestOf } from '../base/digest.ts';
import { FindingList } from '../base/findings.ts';
import { creationTime } from '../base/head-facts.ts';
import { checkOutputPath } from '../base/output-path.ts';
import { VERSION } from '../base/version.ts';
import { filesOfArchive } from '../archive/database-files.ts';
import { PartFile } from '../bundle/part-file.ts';
import { BundleWalk } from '../reading/bundle-walk.ts';
import { openBundle } from '../reading/open-bundle.ts';
import { REQUEST_NAME, REQUEST_VERSION, RequestWriter } from '../request-file/request-writer.ts';
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
      for (const record of item.records) {
        const digest = record?.file?.digest;
        const url = record?.image.url;
        if (digest !== undefined && url !== undefined && lost.has(digest)) lost.set(digest, { digest, url });
      }
    }
  } finally {
    await opened.reader.close();
  }
}

/** @throws BundleError `output-exists`, `output-is-input`, `option-value` */
export function checkRequestPath({ request, force = false, input, db }: VerifyOptions): void {
  if (request === undefined) return;
  const inputs = [
    ...(typeof input === 'string' ? [input] : []),
    ...(db === undefined ? [] : filesOfArchive(db)),
  ];
  checkOutputPath(request, { force, inputs, option: '--request' });
}

/**
 * Writes a request for everything that is lost, which whoever made the bundle can answer. Its list
 * is the one that the receiver keeps for this bundle, so that the answer completes that.
 */
export async function writeRequest(walk: BundleWalk, path: string, total: number): Promise<void> {
  const bundleId = walk.statedBundleId ?? digestOf([...walk.lostContents()].sort().join());
  const file = await PartFile.open(path);
  try {
    const writer = new RequestWriter(file);
    await writer.begin({
      format: { name: REQUEST_NAME, version: REQUEST_VERSION, capabilities: [] },
      created: creationTime(),
      generator: { name: 'indabundle', version: VERSION },
      list_id: bundleId.slice(0, 16),
      images: total,
      bytes: 0,
    });
    for (const digest of walk.lostContents()) await writer.add({ kind: 'hash', digest });
    await writer.end();
    await file.finish();
  } catch (error) {
    await file.abandon();
    throw error;
  }
}
