import { breathe } from '../base/breathe.ts';
import { silent } from '../base/events.ts';
import { FindingList } from '../base/findings.ts';
import type { Archive } from '../archive/open.ts';
import { photoPath } from '../archive/photo-path.ts';
import { readEndOfFile, readEndOfFolder } from '../reading/end-of-file.ts';
import { openBundle } from '../reading/open-bundle.ts';
import { FileCount } from '../reading/file-count.ts';
import { HEAD_READ_AHEAD, readHead } from '../reading/read-head.ts';
import { type EarlierRun, findEarlier, RECORDS_PER_BUNDLE } from './earlier-run.ts';
import { nothingDone } from './nothing-done.ts';
import { FILE_SIZE } from './operation.ts';
import type { ApplyOptions, ApplyResult } from './options.ts';

/**
 * What applying finds where an earlier run has added all images of the bundle, and each still has its
 * row and its file as they were: that takes no look at the records. Null where anything else is the
 * case, and where the sender left something out, which is said each time; then the bundle is read.
 */
export async function alreadyApplied(archive: Archive, options: ApplyOptions): Promise<ApplyResult | null> {
  const started = performance.now();
  const { input } = options;
  if (typeof input !== 'string' || asksForMore(options)) return null;
  const head = await readHead(input);
  if (head === null) return null;
  const { manifest, bundleId } = head;
  const { records } = manifest.totals;
  const earlier = findEarlier(archive, manifest, bundleId);
  if (
    !isFinished(earlier) ||
    !(await bringsAll(input)) ||
    (await countUnchanged(archive, earlier, records, options)) !== records
  )
    return null;
  (options.observer ?? silent)({ type: 'notice', notice: 'already-applied', params: {} });
  const nothing = nothingDone(archive, { input, bundleId, manifest });
  return {
    ...nothing,
    outcomes: { ...nothing.outcomes, present: records },
    doneBefore: records,
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
  const { kind, list, operation, number, wasWhole } = earlier;
  const isClosed = list?.status === 'completed' && operation?.status === 'completed';
  return kind === 'own' && isClosed && number !== null && wasWhole;
}

/** The end of the bundle says that nothing was left out. */
async function bringsAll(path: string): Promise<boolean> {
  const { source, reader, label } = await openBundle(path, new FindingList(), HEAD_READ_AHEAD);
  try {
    const end = await (source === null ? readEndOfFolder(label) : readEndOfFile(source));
    return end !== null && Object.values(end.omitted).every((count) => count === 0);
  } finally {
    await reader.close();
  }
}

/** How many images that the bundle added are here as they came: row, path, digest, and the file with its size. */
async function countUnchanged(
  { db, shape, root }: Archive,
  { operation, number }: Finished,
  records: number,
  { signal, threads }: ApplyOptions,
): Promise<number> {
  const first = number * RECORDS_PER_BUNDLE;
  const isSame = shape.hasColumn('images', 'sha256_hash') ? 'sha256_hash IS file_hash' : 'TRUE';
  const rows = db
    .prepare<[string, number, number, string], [localPath: string, size: string]>(
      `SELECT local_path, journal.old FROM main.indabundle_journal journal
       CROSS JOIN main.sync_files ON sync_files.id = CAST(journal."key" AS INTEGER)
       CROSS JOIN main.images ON images.id = sync_files.image_id
       WHERE journal.operation = ? AND record >= ? AND record < ? AND outcome = 'added' AND journal."column" = ?
         AND local_path = file_path AND ${isSame}`,
    )
    .raw();
  const unchanged = new FileCount(records, threads);
  const photos = rows.iterate(operation.operation_id, first, first + RECORDS_PER_BUNDLE, FILE_SIZE);
  try {
    for (const [localPath, size] of photos) {
      await breathe();
      signal?.throwIfAborted();
      unchanged.add(photoPath(root, localPath), Number(size));
    }
    return await unchanged.total();
  } finally {
    await unchanged.close();
  }
}
