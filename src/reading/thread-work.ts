import { type MoveAnswer, type MoveBatch, moveFiles } from './move-files.ts';
import proveContents, { type ContentAnswer, type ContentBatch } from './prove-contents.ts';
import { type ScanAnswer, type ScanJob, scanFrame } from './scan-frame.ts';

export type ReadingJob = ContentBatch | ScanJob | MoveBatch;
export type ReadingAnswer = ContentAnswer[] | MoveAnswer[] | ScanAnswer | null;

/** What the threads of a reader do. */
export default function work(job: ReadingJob): ReadingAnswer {
  if ('moves' in job) return moveFiles(job);
  return 'jobs' in job ? proveContents(job) : scanFrame(job);
}

/** What was found in a shard is moved to where it is used. */
export function memoryOf(answer: ReadingAnswer): ArrayBuffer[] {
  if (answer === null || !('shard' in answer) || answer.shard === null) return [];
  const { ends, digests, sizes } = answer.shard;
  return [ends.buffer, digests.buffer, sizes.buffer];
}
