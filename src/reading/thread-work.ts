import proveContents, { type ContentAnswer, type ContentBatch } from './prove-contents.ts';
import { type ScanAnswer, type ScanJob, scanFrame } from './scan-frame.ts';

export type ReadingJob = ContentBatch | ScanJob;
export type ReadingAnswer = ContentAnswer[] | ScanAnswer | null;

/** What the threads of a reader do. */
export default function work(job: ReadingJob): ReadingAnswer {
  return 'jobs' in job ? proveContents(job) : scanFrame(job);
}
