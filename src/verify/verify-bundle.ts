import { asBundleError, BundleError } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import { FindingList } from '../base/findings.ts';
import { checkWhole, THREADS } from '../base/option-ranges.ts';
import { openToRead } from '../archive/open.ts';
import { Forecast } from '../merge/forecast.ts';
import { BundleWalk } from '../reading/bundle-walk.ts';
import { bytesRead, tellCheck } from '../reading/check-progress.ts';
import { ContentPool } from '../reading/content-pool.ts';
import { type OpenedBundle, openBundle } from '../reading/open-bundle.ts';
import { prove } from '../reading/prove.ts';
import { stopInput } from '../reading/stop-input.ts';
import { lostRecords } from './lost-records.ts';
import { checkRequestPath, requestLost, requestLostToo } from './lost-request.ts';
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
  checkWhole('--threads', options.threads, THREADS);
  checkRequestPath(options);
  stopInput(options.input, options.signal);
  const opened = await openBundle(options.input, findings);
  try {
    const forecast = options.db === undefined ? null : await openForecast(options, options.db);
    try {
      const facts = await verify(opened, findings, forecast, options);
      return { ...facts, seconds: (performance.now() - started) / 1000 };
    } finally {
      forecast?.archive.close();
    }
  } catch (error) {
    throw asBundleError(error, opened.label, options.signal);
  } finally {
    await opened.reader.close();
  }
}

async function openForecast(options: VerifyOptions, db: string): Promise<Forecast> {
  const archive = openToRead(db, { root: options.root, observer: options.observer });
  try {
    return await Forecast.of(archive, {
      checkLocal: false,
      fill: true,
      onConflict: 'keep-local',
      signal: options.signal,
    });
  } catch (error) {
    archive.close();
    throw error;
  }
}

type Facts = Omit<VerifyResult, 'seconds'>;

async function verify(
  opened: OpenedBundle,
  findings: FindingList,
  forecast: Forecast | null,
  options: VerifyOptions,
): Promise<Facts> {
  const { observer = silent, signal } = options;
  tellCheck(opened, observer);
  const pool = await ContentPool.forBundle(opened, options.threads);
  try {
    const settle = () => pool.flush();
    const walk = new BundleWalk(opened.reader, findings, {
      proveAll: true,
      lostHead: 'report',
      offer: forecast === null ? 'unproven' : 'all',
      signal,
      settle,
    });
    const bundleId = await readThrough(walk, opened, forecast, pool, observer);
    for (const name of opened.strays) observer({ type: 'notice', notice: 'stray-file', params: { name } });
    if (bundleId === null && findings.total === 0) throw emptyBundle(opened.label);
    const facts = await conclude(walk, opened, findings, options, bundleId);
    if (forecast === null) return facts;
    return {
      ...facts,
      wouldApply: forecast.counts((digest) => walk.contents.stateIn(digest) === 'proven'),
    };
  } finally {
    await pool.close();
  }
}

const emptyBundle = (path: string) =>
  new BundleError('not-a-bundle', { params: { path, reason: 'it is empty' } });

/** Returns the bundle's id, where its manifest could be read. */
async function readThrough(
  walk: BundleWalk,
  opened: OpenedBundle,
  forecast: Forecast | null,
  pool: ContentPool,
  observer: Observer,
): Promise<string | null> {
  let bundleId: string | null = null;
  for await (const item of walk.items()) {
    if (item.kind === 'manifest') bundleId = item.bundleId;
    if (item.kind === 'payload') await prove(item.payloads, pool, forecast);
    if (item.kind === 'records' && forecast) for (const record of item.shard) await forecast.add(record);
    observer({ type: 'progress', done: bytesRead(walk, opened) });
  }
  return bundleId;
}

async function conclude(
  walk: BundleWalk,
  opened: OpenedBundle,
  findings: FindingList,
  options: VerifyOptions,
  bundleId: string | null,
): Promise<Facts> {
  const lost = findings.damaged > 0 ? await lostRecords(walk, options.input) : { listed: [], total: 0 };
  const request = lost.total > 0 && options.request !== undefined ? options.request : null;
  const write = options.addToRequest ? requestLostToo : requestLost;
  if (request !== null) await write(walk, request, lost.total);
  return {
    input: opened.label,
    verdict: verdictOf(findings),
    bundleId: bundleId ?? walk.statedBundleId,
    manifest: walk.manifest,
    records: walk.recordsRead,
    files: walk.filesProven,
    payloadBytes: walk.bytesProven,
    bytesRead: bytesRead(walk, opened),
    findings: findings.listed,
    findingsTotal: findings.total,
    strays: opened.strays,
    lost: lost.listed,
    lostTotal: lost.total,
    request,
  };
}

function verdictOf({ damaged, total }: FindingList): VerifyResult['verdict'] {
  if (damaged > 0) return 'damaged';
  return total > 0 ? 'omissions' : 'whole';
}
