import { existsSync, statSync } from 'node:fs';
import { BundleError } from '../base/errors.ts';
import type { Observer } from '../base/events.ts';
import { parseUtcTime } from '../base/utc-time.ts';
import type { ByteSink } from '../bundle/byte-sink.ts';
import { PART_SUFFIX, PartFile } from '../bundle/part-file.ts';
import { CheckedPart, type ReadFrom } from './check-written.ts';
import type { ExportRun } from './crew.ts';
import { PackLog } from './pack-log.ts';
import type { Written } from './planned.ts';
import type { PlanVolume } from './plan-volume.ts';
import type { Prepared } from './prepare-plan.ts';
import { lastProvenStep } from './proven-part.ts';
import { type WriteOptions, writeBundle } from './write-bundle.ts';

/** JSON gains by a real level; past this, more time saves little. */
const RECORD_LEVEL = 6;

export function writeOptions({ created }: Prepared, options: ExportRun, observer: Observer): WriteOptions {
  const { level, crew, signal } = options;
  const levels = { level: level ?? RECORD_LEVEL, payloadLevel: level ?? null };
  return { mtime: parseUtcTime(created)!, ...levels, crew, observer, signal };
}

/** What an earlier run has made of a volume, where it is still there. */
export function madeBefore(volume: PlanVolume, path: string): Written | null {
  const { written } = volume;
  if (written === null || existsSync(path + PART_SUFFIX)) return null;
  return statSync(path, { throwIfNoEntry: false })?.size === written.bundleBytes ? written : null;
}

export interface Packed extends Written {
  readonly checked?: ReadFrom;
}

/** Writes a volume into a file, behind what an earlier run has written of it. */
export async function packVolume(
  prepared: Prepared,
  volume: PlanVolume,
  path: string,
  options: ExportRun,
  observer: Observer,
): Promise<Packed> {
  const step = prepared.resumed ? await lastProvenStep(volume, path + PART_SUFFIX) : null;
  if (prepared.resumed) volume.progress.goBackTo(step);
  volume.written = null;
  const part = await PartFile.open(path, step?.position ?? 0);
  try {
    const checked = options.check
      ? await CheckedPart.open(part, step === null ? [] : volume.progress.frameLengths(), observer)
      : null;
    const log = new PackLog(volume, part, step?.position ?? 0);
    const sink: ByteSink = checked ?? part;
    const written = await writeBundle(volume, sink, {
      ...writeOptions(prepared, options, observer),
      log,
      step,
    });
    return { ...written, ...(checked === null ? {} : { checked: checked.readFrom }) };
  } catch (error) {
    if ((error as Partial<BundleError>).code === 'read-back-differs') distrust(volume);
    else keepSteps(volume);
    await part.abandon();
    throw error;
  }
}

/** What the run has done until it was stopped counts; where the plan cannot be written to, less of it. */
function keepSteps(volume: PlanVolume): void {
  try {
    volume.save();
  } catch {
    // the reason for stopping is what is told
  }
}

/** The disk has not what was written: the next run proves all of it. */
function distrust(volume: PlanVolume): void {
  volume.synced = 0;
  volume.written = null;
  volume.save();
}
