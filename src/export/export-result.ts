import type { OmissionReason } from '../manifest/types.ts';
import type { ExportedVolume, ExportResult, OmittedFile } from './options.ts';
import type { Packed } from './pack-volume.ts';
import type { PlanVolume } from './plan-volume.ts';
import type { Prepared } from './prepare-plan.ts';
import { largestSize } from './volume-bound.ts';

const MOST_LISTED = 1000;

/** What a run was about: volumes with what came of each; null where nothing was written. */
export type Outcome = ReadonlyMap<PlanVolume, Packed | null>;

export interface ResultFacts {
  readonly path: string | null;
  readonly dryRun: boolean;
  readonly volumes?: readonly ExportedVolume[];
}

export function resultOf(
  { exportId, forReceiver }: Prepared,
  outcome: Outcome,
  { path, dryRun, volumes = [] }: ResultFacts,
): ExportResult {
  const about = [...outcome].map(([volume, packed]) => figuresOf(volume, packed));
  const sum = (key: 'records' | 'metadataOnly' | 'files' | 'payloadBytes' | 'bundleBytes') =>
    about.reduce((total, figures) => total + figures[key], 0);
  const packed = [...outcome.values()];
  const omissions = gatherOmissions([...outcome.keys()]);
  const readFrom = packed.map((written) => written?.checked).filter((checked) => checked !== undefined);
  return {
    dryRun,
    path,
    exportId,
    bundleId: packed.length === 1 ? (packed[0]?.bundleId ?? '') : '',
    records: sum('records'),
    metadataOnlyRecords: sum('metadataOnly'),
    files: sum('files'),
    payloadBytes: sum('payloadBytes'),
    bundleBytes: sum('bundleBytes'),
    volumes,
    ...(readFrom.length === 0 ? {} : { checked: readFrom.includes('memory') ? 'memory' : 'disk' }),
    ...(forReceiver === undefined ? {} : { forReceiver }),
    ...omissions,
    seconds: 0,
  };
}

/** Of one volume: as it was written, or as it would be. */
export function figuresOf(volume: PlanVolume, packed: Packed | null) {
  const { records, metadataOnly, files, bytes } = volume.totals();
  const counted = packed === null ? { files, bytes } : volume.packedTotals();
  return {
    records,
    metadataOnly,
    files: counted.files,
    payloadBytes: counted.bytes,
    bundleBytes: packed?.bundleBytes ?? largestSize(volume),
  };
}

function gatherOmissions(
  volumes: readonly PlanVolume[],
): Pick<ExportResult, 'omitted' | 'omittedTotal' | 'omittedByReason'> {
  const omitted: OmittedFile[] = [];
  const omittedByReason: { [reason in OmissionReason]?: number } = {};
  let omittedTotal = 0;
  for (const volume of volumes) {
    for (const { localPath, reason, detail } of volume.omissions()) {
      omittedTotal += 1;
      omittedByReason[reason] = (omittedByReason[reason] ?? 0) + 1;
      if (omitted.length < MOST_LISTED)
        omitted.push({ path: localPath, reason, ...(detail === null ? {} : { detail }) });
    }
  }
  return { omitted, omittedTotal, omittedByReason };
}
