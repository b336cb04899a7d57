import { asBundleError, BundleError } from '../base/errors.ts';
import { silent } from '../base/events.ts';
import { FindingList } from '../base/findings.ts';
import { openToRead } from '../archive/open.ts';
import { type MergePlan, planMerge } from '../merge/plan-merge.ts';
import { BundleWalk, type Payload } from '../reading/bundle-walk.ts';
import { ContentPool } from '../reading/content-pool.ts';
import { type OpenedBundle, openBundle } from '../reading/open-bundle.ts';
import { checkRequestPath, lostRecords, writeRequest } from './lost-records.ts';
import type { VerifyOptions, VerifyResult } from './types.ts';

/**
 * Reads every byte of a bundle and checks everything that docs/format.md says, without writing
 * anything. Defects come back as findings; a bundle that is none has the verdict `damaged`.
 *
 * @throws BundleError `input-not-found`, `not-a-bundle` for a folder without a manifest, `io-error`
 */
export async function verifyBundle(options: VerifyOptions): Promise<VerifyResult> {
  const started = performance.now();
  const observer = options.observer ?? silent;
  const findings = new FindingList((finding) => observer({ type: 'finding', finding }));
  checkRequestPath(options);
  const opened = await openBundle(options.input, findings);
  try {
    const plan = options.db === undefined ? null : openPlan(options, options.db);
    try {
      return await verify(opened, findings, plan, options, started);
    } finally {
      plan?.close();
    }
  } catch (error) {
    throw asBundleError(error, opened.label);
  } finally {
    await opened.reader.close();
  }
}

function openPlan(options: VerifyOptions, db: string): MergePlan & { close(): void } {
  const archive = openToRead(db, { root: options.root, observer: options.observer });
  const plan = planMerge(archive, { checkLocal: false, fill: true, onConflict: 'keep-local', signal: options.signal });
  return { ...plan, close: () => archive.close() };
}

async function verify(opened: OpenedBundle, findings: FindingList, plan: MergePlan | null, options: VerifyOptions, started: number): Promise<VerifyResult> {
  const observer = options.observer ?? silent;
  observer({ type: 'phase', phase: 'check', unit: 'bytes', ...(opened.size === null ? {} : { total: opened.size }) });
  const pool = await ContentPool.start(options.threads);
  try {
    return await verifyWith(pool, opened, findings, plan, options, started);
  } finally {
    await pool.close();
  }
}

async function verifyWith(
  pool: ContentPool, opened: OpenedBundle, findings: FindingList, plan: MergePlan | null, options: VerifyOptions, started: number,
): Promise<VerifyResult> {
  const observer = options.observer ?? silent;
  const walk = new BundleWalk(opened.reader, findings, { proveAll: true, lostHead: 'report', signal: options.signal, settle: () => pool.flush() });
  let bundleId: string | null = null;
  for await (const item of walk.items()) {
    if (item.kind === 'manifest') bundleId = item.bundleId;
    if (item.kind === 'payload') await prove(item.payload, pool);
    if (item.kind === 'records' && plan) for (const record of item.records) await plan.add(record);
    observer({ type: 'progress', done: opened.size === null ? walk.bytesProven : opened.position() });
  }
  for (const name of opened.strays) observer({ type: 'notice', notice: 'stray-file', params: { name } });
  if (bundleId === null && findings.total === 0) throw new BundleError('not-a-bundle', { params: { path: opened.label, reason: 'it is empty' } });
  const omissions = findings.total - findings.damaged;
  const lost = findings.damaged > 0 ? await lostRecords(walk, options.input) : { listed: [], total: 0 };
  const request = lost.total > 0 && options.request !== undefined ? options.request : null;
  if (request !== null) await writeRequest(walk, request, lost.total);
  return {
    input: opened.label,
    verdict: findings.damaged > 0 ? 'damaged' : omissions > 0 ? 'omissions' : 'whole',
    bundleId: bundleId ?? walk.statedBundleId,
    manifest: walk.manifest,
    records: walk.recordsRead,
    files: walk.filesProven,
    payloadBytes: walk.bytesProven,
    bytesRead: opened.size === null ? walk.bytesProven : opened.position(),
    findings: findings.listed,
    findingsTotal: findings.total,
    strays: opened.strays,
    lost: lost.listed,
    lostTotal: lost.total,
    request,
    ...(plan ? { wouldApply: plan.counts() } : {}),
    seconds: (performance.now() - started) / 1000,
  };
}

/** What lies in one piece is hashed in a thread; the rest while it is read. */
async function prove(payload: Payload, pool: ContentPool): Promise<void> {
  if (payload.whole === null) {
    await payload.prove();
    return;
  }
  const conclude = payload.takeOver();
  const { answer } = await pool.submit(payload.whole, payload.digest, []);
  void answer.then(conclude);
}
