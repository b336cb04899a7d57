import type { ScannedEntry } from '../bundle/frames-ahead.ts';
import proveContents, { type ContentAnswer, type ContentBatch } from './prove-contents.ts';
import { type ScanJob, scanFrame } from './scan-frame.ts';

export type ReadingJob = ContentBatch | ScanJob;
export type ReadingAnswer = ContentAnswer[] | ScannedEntry[];

/** What the threads of a reader do. */
export default function work(job: ReadingJob): ReadingAnswer {
  return 'jobs' in job ? proveContents(job) : scanFrame(job);
}
