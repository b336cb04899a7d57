import { silent } from '../base/events.ts';
import { freeBytes } from '../base/room.ts';
import { localSize } from '../archive/local-file.ts';
import type { LocalImage } from '../archive/local-index.ts';
import type { Archive } from '../archive/open.ts';
import { OutcomeCounter } from '../merge/outcomes.ts';
import { readHead } from '../reading/read-head.ts';
import { type EarlierRun, findEarlier, RECORDS_PER_BUNDLE } from './earlier-run.ts';
import { FILE_SIZE } from './operation.ts';
import type { ApplyOptions, ApplyResult } from './options.ts';
import { seriesState } from './series-books.ts';

/**
 * What applying finds where an earlier run has added all images of the bundle, and each still has its
 * row and its file as they were: that takes no look at the records. Null where anything else is the
 * case; then the bundle is read.
 */
export async function alreadyApplied(archive: Archive, options: ApplyOptions): Promise<ApplyResult | null> {
  const started = performance.now();
  const { input } = options;
  if (typeof input !== 'string' || asksForMore(options)) return null;
  const head = await readHead(input);
  if (head === null) return null;
  const { manifest, bundleId } = head;
  const earlier = findEarlier(archive, manifest, bundleId);
  if (!isFinished(earlier) || countUnchanged(archive, earlier) !== manifest.totals.records) return null;
  (options.observer ?? silent)({ type: 'notice', notice: 'already-applied', params: {} });
  return {
    input,
    dryRun: false,
    bundleId,
    manifest,
    operationId: null,
    resumed: false,
    series: seriesState(archive.db, manifest),
    removed: false,
    outcomes: { ...new OutcomeCounter().tally(), present: manifest.totals.records },
    doneBefore: manifest.totals.records,
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
    seconds: (performance.now() - started) / 1000,
  };
}

/** What only the records or the whole bundle can answer. */
function asksForMore(options: ApplyOptions): boolean {
  const { dryRun, strict, checkLocal, includePersonal, removeWhenDone, report } = options;
  return Boolean(dryRun || strict || checkLocal || includePersonal || removeWhenDone) || report !== undefined;
}

type Finished = EarlierRun & {
  readonly operation: NonNullable<EarlierRun['operation']>;
  readonly number: number;
};

function isFinished(earlier: EarlierRun): earlier is Finished {
  const { kind, list, operation, number } = earlier;
  return (
    kind === 'own' && list?.status === 'completed' && operation?.status === 'completed' && number !== null
  );
}

interface AddedImage extends LocalImage {
  /** As it was booked. */
  readonly path: string | null;
  readonly digest: string | null;
  readonly size: string;
}

/** How many images that the bundle added are here as they came. */
function countUnchanged({ db, shape, root }: Archive, { operation, number }: Finished): number {
  const first = number * RECORDS_PER_BUNDLE;
  const knowsDigests = shape.hasColumn('images', 'sha256_hash');
  const rows = db.prepare<[string, number, number, string], AddedImage>(
    `SELECT images.id, NULL AS url, NULL AS page_url, local_path, ${shape.expression('images', 'sha256_hash')},
            file_path AS path, file_hash AS digest, journal.old AS size
     FROM main.indabundle_journal journal
     CROSS JOIN main.sync_files ON sync_files.id = CAST(journal."key" AS INTEGER)
     CROSS JOIN main.images ON images.id = sync_files.image_id
     WHERE journal.operation = ? AND record >= ? AND record < ? AND outcome = 'added' AND journal."column" = ?`,
  );
  let unchanged = 0;
  for (const row of rows.iterate(operation.operation_id, first, first + RECORDS_PER_BUNDLE, FILE_SIZE)) {
    const isSame = row.local_path === row.path && (!knowsDigests || row.sha256_hash === row.digest);
    if (isSame && localSize(root, row) === Number(row.size)) unchanged += 1;
  }
  return unchanged;
}
