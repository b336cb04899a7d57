import { existsSync, statSync } from 'node:fs';
import { asBundleError, BundleError } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import { parseUtcTime } from '../base/utc-time.ts';
import { type Archive, locate, openToRead } from '../archive/open.ts';
import { StreamSink } from '../bundle/byte-sink.ts';
import { PartFile } from '../bundle/part-file.ts';
import { recordExport } from './bookkeeping.ts';
import { checkRoom, largestSize } from './check-room.ts';
import type { ExportOptions, ExportResult, OmittedFile } from './options.ts';
import { FileOutput } from './output.ts';
import { PackLog } from './pack-log.ts';
import { makeNewPlan, type Prepared, reopenPlan, stampOf } from './prepare-plan.ts';
import { lastProvenStep } from './proven-part.ts';
import { countOmissions, type WriteOptions, type Written, writeBundle } from './write-bundle.ts';

/** JSON gains by a real level; past this, more time saves little. */
const RECORD_LEVEL = 3;

/** Of payload it is mostly the padding between small files that shrinks: the fast level gets it. */
const PAYLOAD_LEVEL = 1;
const MOST_LISTED = 1000;

/**
 * Packs the selected pictures of an archive into one bundle. Stopped in any way and asked the same
 * again, it goes on behind the last whole frame of `NAME.part`, by the plan in `NAME.plan`.
 *
 * @throws BundleError when the archive or the output cannot be used; files that cannot be packed
 *   are no error: they are left out and named in the result
 */
export async function exportBundle(options: ExportOptions): Promise<ExportResult> {
  const started = performance.now();
  const observer = options.observer ?? silent;
  const archive = openToRead(options.db, { root: options.root, observer });
  try {
    const done = typeof options.output === 'string' && !options.dryRun
      ? await toFile(archive, options.output, options, observer)
      : await toStream(archive, options, observer);
    return { ...done, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    throw asBundleError(error, typeof options.output === 'string' ? options.output : options.db);
  } finally {
    archive.close();
  }
}

/** Into a stream, or nowhere: there is nothing to go on with another time. */
async function toStream(archive: Archive, options: ExportOptions, observer: Observer): Promise<ExportResult> {
  const { output, dryRun = false } = options;
  if (!dryRun && output === undefined) throw new BundleError('usage', { params: { problem: 'no output is named', command: 'export' } });
  const prepared = await makeNewPlan(archive, '', '', options, observer);
  try {
    if (dryRun || typeof output !== 'object') return resultOf(prepared, null, null, true);
    const sink = new StreamSink(output);
    const written = await writeBundle(prepared.plan, prepared.manifest, sink, writeOptions(prepared, options, observer)).catch(async (error: unknown) => {
      await sink.abandon();
      throw error;
    });
    await book(archive, prepared, '-', options, observer);
    return resultOf(prepared, written, null, false);
  } finally {
    prepared.plan.close();
  }
}

async function toFile(archive: Archive, name: string, options: ExportOptions, observer: Observer): Promise<ExportResult> {
  const output = FileOutput.take(name, archive);
  try {
    const prepared = await preparedFor(archive, output, options, observer);
    try {
      const written = finishedBefore(prepared, output) ?? (await pack(prepared, output, options, observer));
      await book(archive, prepared, output.path, options, observer);
      const result = resultOf(prepared, written, output.path, false);
      prepared.plan.close();
      output.clear();
      return result;
    } finally {
      prepared.plan.close();
    }
  } finally {
    output.keepOnlyWhatHelps();
    output.release();
  }
}

/** The plan of an interrupted run for the same question, or a new one. */
async function preparedFor(archive: Archive, output: FileOutput, options: ExportOptions, observer: Observer): Promise<Prepared> {
  const stamp = stampOf(archive, options);
  const earlier = reopenPlan(output.planPath, stamp);
  if (earlier !== null && (finishedBefore(earlier, output) !== null || existsSync(output.partPath))) {
    if (finishedBefore(earlier, output) === null) output.checkFree(options);
    observer({ type: 'notice', notice: 'resuming', params: { operation: earlier.manifest.export_id } });
    return earlier;
  }
  earlier?.plan.close();
  output.checkFree(options);
  output.clear();
  return await makeNewPlan(archive, output.planPath, stamp, options, observer);
}

/** A run that was stopped when the bundle had its name already left only the books open. */
function finishedBefore({ plan }: Prepared, output: FileOutput): Written | null {
  const fact = plan.fact('written');
  if (fact === null || existsSync(output.partPath)) return null;
  const written = JSON.parse(fact) as Written;
  return statSync(output.path, { throwIfNoEntry: false })?.size === written.bundleBytes ? written : null;
}

async function pack(prepared: Prepared, output: FileOutput, options: ExportOptions, observer: Observer): Promise<Written> {
  const { plan, manifest, resumed } = prepared;
  const step = resumed ? await lastProvenStep(plan, output.partPath) : null;
  if (resumed) plan.progress.goBackTo(step);
  checkRoom(plan, output);
  const part = await PartFile.open(output.path, step?.position ?? 0);
  try {
    const log = new PackLog(plan, part, step?.position ?? 0);
    return await writeBundle(plan, manifest, part, { ...writeOptions(prepared, options, observer), log, step });
  } catch (error) {
    await part.abandon();
    throw error;
  }
}

function writeOptions({ manifest }: Prepared, options: ExportOptions, observer: Observer): WriteOptions {
  const { level, threads, signal } = options;
  const levels = { level: level ?? RECORD_LEVEL, payloadLevel: level ?? PAYLOAD_LEVEL };
  return { mtime: parseUtcTime(manifest.created)!, ...levels, threads, observer, signal };
}

async function book(archive: Archive, { plan, manifest }: Prepared, output: string, options: ExportOptions, observer: Observer): Promise<void> {
  const facts = { db: locate(options.db), root: archive.root, exportId: manifest.export_id, output, now: new Date(), observer };
  await recordExport(plan, facts);
}

function resultOf({ plan, manifest, forReceiver }: Prepared, written: Written | null, path: string | null, dryRun: boolean): ExportResult {
  const totals = plan.totals();
  const packed = written === null ? { files: totals.files, bytes: totals.bytes } : plan.packedTotals();
  const omittedByReason = countOmissions(plan);
  const omitted: OmittedFile[] = [];
  for (const { localPath, reason, detail } of plan.omissions()) {
    if (omitted.length === MOST_LISTED) break;
    omitted.push({ path: localPath, reason, ...(detail === null ? {} : { detail }) });
  }
  return {
    dryRun,
    path,
    exportId: manifest.export_id,
    bundleId: written?.bundleId ?? '',
    records: totals.records,
    metadataOnlyRecords: totals.metadataOnly,
    files: packed.files,
    payloadBytes: packed.bytes,
    bundleBytes: written?.bundleBytes ?? largestSize(plan),
    ...(forReceiver === undefined ? {} : { forReceiver }),
    omitted,
    omittedTotal: Object.values(omittedByReason).reduce((sum, count) => sum + count, 0),
    omittedByReason,
    seconds: 0,
  };
}
