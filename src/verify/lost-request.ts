import { digestOf } from '../base/digest.ts';
import { checkOutputPath } from '../base/output-path.ts';
import { filesOfArchive } from '../archive/database-files.ts';
import type { BundleWalk } from '../reading/bundle-walk.ts';
import { RequestReader } from '../request-file/request-reader.ts';
import type { Want } from '../request-file/wants.ts';
import { writeRequest } from '../request-file/write-request.ts';
import type { VerifyOptions } from './types.ts';

/** @throws BundleError `output-exists`, `output-is-input`, `option-value` */
export function checkRequestPath(options: VerifyOptions): void {
  const { request, addToRequest = false, force = false, input, db } = options;
  if (request === undefined) return;
  const inputs = [
    ...(typeof input === 'string' ? [input] : []),
    ...(db === undefined ? [] : filesOfArchive(db)),
  ];
  checkOutputPath(request, { force: force || addToRequest, inputs, option: '--request' });
}

/**
 * Writes a request for everything that is lost, which whoever made the bundle can answer. Its list
 * is the one that the receiver keeps for this bundle, so that the answer completes that.
 */
export async function requestLost(walk: BundleWalk, path: string, total: number): Promise<void> {
  const bundleId = walk.statedBundleId ?? digestOf([...walk.lostContents()].sort().join());
  await writeRequest(path, { listId: bundleId.slice(0, 16), images: total, bytes: 0 }, lostWants(walk));
}

/** Adds everything that is lost to a request for what other bundles have lost; its list stays. */
export async function requestLostToo(walk: BundleWalk, path: string, total: number): Promise<void> {
  const request = await RequestReader.open(path);
  try {
    const { list_id: listId, images } = request.head;
    const wants = async function* (): AsyncGenerator<Want> {
      yield* request.wants();
      yield* lostWants(walk);
    };
    await writeRequest(path, { listId, images: images + total, bytes: 0 }, wants());
  } finally {
    await request.close();
  }
}

function* lostWants(walk: BundleWalk): Generator<Want> {
  for (const digest of walk.lostContents()) yield { kind: 'hash', digest };
}
