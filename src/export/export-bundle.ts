import { existsSync } from 'node:fs';
import { checkWhole, LEVELS, THREADS } from '../base/option-ranges.ts';
import { asBundleError, BundleError, systemCode } from '../base/errors.ts';
import { type Observer, silent } from '../base/events.ts';
import { type Archive, locate, openToRead, quickCheck } from '../archive/open.ts';
import { StreamSink } from '../bundle/byte-sink.ts';
import { recordExport } from './bookkeeping.ts';
import { checkRoom } from './check-room.ts';
import { Crew, type ExportRun } from './crew.ts';
import { resultOf } from './export-result.ts';
import { exportSeries, plannedVolumes } from './export-series.ts';
import type { ExportOptions, ExportResult } from './options.ts';
import { FileOutput } from './output.ts';
import { madeBefore, packVolume, writeOptions } from './pack-volume.ts';
import { makeNewPlan, type Prepared, reopenPlan, stampOf } from './prepare-plan.ts';
import { largestSize } from './volume-bound.ts';
import { writeBundle } from './write-bundle.ts';

/** From here on photos take many times as long, and hardly get smaller. */
const FAST_LEVEL = 3;

/**
 * Packs the selected pictures of an archive into one bundle, or into a series of volumes. Stopped
 * in any way and asked the same again, it goes on behind the last whole frame of `NAME.part`, by
 * the plan in `NAME.plan`.
 *
 * @throws BundleError when the archive or the output cannot be used; files that cannot be packed
 *   are no error: they are left out and named in the result
 */
export async function exportBundle(options: ExportOptions): Promise<ExportResult> {
  const started = performance.now();
  const observer = options.observer ?? silent;
  checkUsage(options);
  const archive = openToRead(options.db, { root: options.root, observer });
  const crew = new Crew(options.threads);
  try {
    const done = await exportTo(archive, { ...options, crew }, observer);
    return { ...done, seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    const what = typeof options.output === 'string' ? options.output : options.db;
    throw asExportError(error, archive, what, options.signal);
  } finally {
    await crew.leaveArchive(archive.db.name);
    await crew.close();
    archive.close();
  }
}

/** A damaged database is the archive's own, or the plan's: that lies on the disk of the output, which has failed. */
function asExportError(error: unknown, archive: Archive, what: string, signal?: AbortSignal): unknown {
  if (!/^SQLITE_(CORRUPT|NOTADB)/.test(systemCode(error))) return asBundleError(error, what, signal);
  try {
    quickCheck(archive);
  } catch (damaged) {
    return damaged;
  }
  return new BundleError('io-error', { cause: error, params: { what } });
}

/** @throws BundleError `usage`, `option-value` */
function checkUsage(options: ExportOptions): void {
  const { output, dryRun, volumeSize, volumes, check, level, threads } = options;
  checkWhole('--level', level, LEVELS);
  checkWhole('--threads', threads, THREADS);
  const usage = (problem: string) => new BundleError('usage', { params: { problem, command: 'export' } });
  if (output === undefined && !dryRun) throw usage('no output is named');
  if (volumes !== undefined && volumeSize === undefined)
    throw usage('--volumes needs --volume-size: the size that the series has.');
  if (typeof output !== 'object') return;
  if (volumeSize !== undefined) throw usage('A series is written into a folder, not to standard output.');
  if (check) throw usage('--check needs a file: what went into a pipe cannot be read back.');
}

function exportTo(archive: Archive, options: ExportRun, observer: Observer): Promise<ExportResult> {
  const { output, dryRun, volumeSize, level = 0 } = options;
  if (level > FAST_LEVEL && !dryRun) observer({ type: 'notice', notice: 'level-slow', params: { level } });
  if (typeof output !== 'string' || dryRun) return toStream(archive, options, observer);
  return volumeSize === undefined
    ? toFile(archive, output, options, observer)
    : exportSeries(archive, output, options, observer);
}

/** Into a stream, or nowhere: there is nothing to go on with another time. */
async function toStream(archive: Archive, options: ExportRun, observer: Observer): Promise<ExportResult> {
  const { output, dryRun = false } = options;
  const prepared = await makeNewPlan(archive, '', '', options, observer);
  const { plan } = prepared;
  try {
    if (dryRun || typeof output !== 'object') {
      const volumes = options.volumeSize === undefined ? [] : plannedVolumes(plan, options);
      return resultOf(prepared, new Map(plan.volumes().map((volume) => [volume, null])), {
        path: null,
        dryRun: true,
        volumes,
      });
    }
    const sink = new StreamSink(output, options.signal);
    const volume = plan.volume(1);
    const written = await writeBundle(volume, sink, writeOptions(prepared, options, observer)).catch(
      async (error: unknown) => {
        await sink.abandon();
        throw error;
      },
    );
    volume.written = written;
    await book(archive, prepared, '-', options, observer);
    return resultOf(prepared, new Map([[volume, written]]), { path: null, dryRun: false });
  } finally {
    plan.close();
  }
}

async function toFile(
  archive: Archive,
  name: string,
  options: ExportRun,
  observer: Observer,
): Promise<ExportResult> {
  const output = FileOutput.take(name, archive, options.selection);
  try {
    const prepared = await preparedFor(archive, output, options, observer);
    const { plan } = prepared;
    try {
      const volume = plan.volume(1);
      const before = madeBefore(volume, output.path);
      if (before === null) checkRoom([{ path: output.path, largest: largestSize(volume) }]);
      const packed = before ?? (await packVolume(prepared, volume, output.path, options, observer));
      await book(archive, prepared, output.path, options, observer);
      const result = resultOf(prepared, new Map([[volume, packed]]), { path: output.path, dryRun: false });
      plan.close();
      output.clear();
      return result;
    } finally {
      plan.close();
    }
  } finally {
    output.keepOnlyWhatHelps();
    output.release();
  }
}

/** The plan of an interrupted run for the same question, or a new one. */
async function preparedFor(
  archive: Archive,
  output: FileOutput,
  options: ExportRun,
  observer: Observer,
): Promise<Prepared> {
  const stamp = stampOf(archive, options);
  const earlier = reopenPlan(output.planPath, stamp);
  // A run that was stopped when the bundle had its name already left only the books open.
  const made = earlier !== null && madeBefore(earlier.plan.volume(1), output.path) !== null;
  if (earlier !== null && (made || existsSync(output.partPath))) {
    if (!made) output.checkFree(options);
    observer({ type: 'notice', notice: 'resuming', params: { operation: earlier.exportId } });
    return earlier;
  }
  earlier?.plan.close();
  output.checkFree(options);
  output.clear();
  return await makeNewPlan(archive, output.planPath, stamp, options, observer);
}

async function book(
  archive: Archive,
  { plan, exportId }: Prepared,
  output: string,
  options: ExportRun,
  observer: Observer,
): Promise<void> {
  archive.close(); // whoever writes the books must be the last to leave a WAL database: that puts it in order
  await recordExport(plan, {
    db: locate(options.db),
    root: archive.root,
    exportId,
    output,
    now: new Date(),
    observer,
  });
}
