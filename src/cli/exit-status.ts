import type { ApplyResult } from '../apply/options.ts';
import { EXIT, type ExitStatus } from '../base/errors.ts';
import type { ExportResult } from '../export/options.ts';
import type { InspectResult } from '../inspect/types.ts';
import type { RevertResult } from '../revert/options.ts';
import type { ArrivedResult } from '../verify/arrived-types.ts';
import type { VerifyResult } from '../verify/types.ts';

export function exportStatus(result: Pick<ExportResult, 'omittedTotal'>): ExitStatus {
  return result.omittedTotal > 0 ? EXIT.partial : EXIT.whole;
}

/** Inspecting proves nothing, but what it sees to be damaged is said; omissions are facts, not failures. */
export function inspectStatus(result: Pick<InspectResult, 'findings'>): ExitStatus {
  return result.findings.some(({ gravity }) => gravity !== 'omission') ? EXIT.refused : EXIT.whole;
}

const OF_VERDICT = { whole: EXIT.whole, omissions: EXIT.partial, damaged: EXIT.refused } as const;

export function verifyStatus(result: Pick<VerifyResult, 'verdict'>): ExitStatus {
  return OF_VERDICT[result.verdict];
}

const OF_ARRIVED = { whole: EXIT.whole, incomplete: EXIT.partial, damaged: EXIT.refused } as const;

export function arrivedStatus(result: Pick<ArrivedResult, 'verdict'>): ExitStatus {
  return OF_ARRIVED[result.verdict];
}

/** What stays because it was changed since makes it a revert in part. */
export function revertStatus(result: Pick<RevertResult, 'keptTotal'>): ExitStatus {
  return result.keptTotal > 0 ? EXIT.partial : EXIT.whole;
}

/** Banned authors, records without photos and conflicts are reported, but they are no failures. */
export function applyStatus(result: Pick<ApplyResult, 'findingsTotal' | 'outcomes'>): ExitStatus {
  return result.findingsTotal > 0 || result.outcomes.failed > 0 ? EXIT.partial : EXIT.whole;
}

/** From what counts most to what counts least, when several bundles end differently. */
const WEIGHT: readonly ExitStatus[] = [
  EXIT.interrupted,
  EXIT.internal,
  EXIT.environment,
  EXIT.archive,
  EXIT.usage,
  EXIT.refused,
  EXIT.partial,
  EXIT.whole,
];

/** One status for several bundles: the one that counts most. */
export function worstStatus(statuses: readonly ExitStatus[]): ExitStatus {
  return WEIGHT.find((status) => statuses.includes(status)) ?? EXIT.whole;
}

/** The same where a refused bundle beside one that was applied means: done in part. */
export function worstOfApplied(statuses: readonly ExitStatus[]): ExitStatus {
  const worst = worstStatus(statuses);
  const someDone = statuses.some((status) => status === EXIT.whole || status === EXIT.partial);
  return worst === EXIT.refused && someDone ? EXIT.partial : worst;
}
