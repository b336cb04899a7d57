import type { Archive } from '../archive/open.ts';
import { freeBytes } from '../base/room.ts';
import type { Manifest } from '../manifest/types.ts';
import { OutcomeCounter } from '../merge/outcomes.ts';
import type { ApplyResult } from './options.ts';
import { seriesState } from './series-books.ts';

/** What an apply answers that has changed nothing; others say what is different. */
export function nothingDone(
  archive: Archive,
  bundle: { readonly input: string; readonly bundleId: string; readonly manifest: Manifest },
): ApplyResult {
  return {
    ...bundle,
    dryRun: false,
    operationId: null,
    resumed: false,
    series: seriesState(archive.db, bundle.manifest),
    removed: false,
    outcomes: new OutcomeCounter().tally(),
    doneBefore: 0,
    largerAvailable: 0,
    columnsFilled: 0,
    linksAdded: 0,
    authorsAdded: 0,
    personalAdded: 0,
    bytesWritten: 0,
    bytesNeeded: 0,
    bytesFree: freeBytes(archive.root),
    backupPath: null,
    findings: [],
    findingsTotal: 0,
    strays: [],
    failures: [],
    seconds: 0,
  };
}
