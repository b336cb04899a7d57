import { breathe } from '../base/breathe.ts';
import { silent } from '../base/events.ts';
import { FindingList } from '../base/findings.ts';
import { LOOK_BYTES, startThreads, usualThreads, workModule } from '../base/threads.ts';
import type { Archive } from '../archive/open.ts';
import { readEndOfFile, readEndOfFolder } from '../reading/end-of-file.ts';
import { openBundle } from '../reading/open-bundle.ts';
import { HEAD_READ_AHEAD, readHead } from '../reading/read-head.ts';
import work from './count-unchanged.ts';
import { type EarlierRun, findEarlier, RECORDS_PER_BUNDLE } from './earlier-run.ts';
import { nothingDone } from './nothing-done.ts';
import { FILE_SIZE } from './operation.ts';
import type { ApplyOptions, ApplyResult } from './options.ts';

/** Steps of the journal of one job: few enough that the event loop can wait for it, and that nobody waits for the last. */
const TOGETHER = 2000;

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

const COUNT_WORK = workModule('count-unchanged', import.meta.url);

/** How many images that the bundle added are here as they came; threads look, each with a connection of its own. */
async function countUnchanged(
  { db, root }: Archive,
  { operation, number }: Finished,
  records: number,
  options: ApplyOptions,
): Promise<number> {
  const threads = startThreads(COUNT_WORK, work, options.threads ?? usualThreads(records * LOOK_BYTES));
  const id = operation.operation_id;
  const first = number * RECORDS_PER_BUNDLE;
  const range = [first, first + records] as const;
  const job = { database: db.name, root, operation: id, column: FILE_SIZE, records: range };
  const last = db.prepare('SELECT max(sequence) FROM main.indabundle_journal WHERE operation = ?');
  const behind = Number(last.pluck().get(id)) + 1;
  const counts: Promise<number | null>[] = [];
  try {
    for (let step = 1; step < behind; step += TOGETHER) {
      await breathe();
      options.signal?.throwIfAborted();
      counts.push(threads.run({ ...job, steps: [step, step + TOGETHER] }));
    }
    return (await Promise.all(counts)).reduce<number>((sum, one) => sum + one!, 0);
  } finally {
    await Promise.allSettled(counts);
    await threads.onEach({ leave: db.name });
    await threads.close();
  }
}
