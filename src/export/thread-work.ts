import { leaveArchive, type LeaveJob } from '../archive/thread-archive.ts';
import { type LookJob, lookAtFiles, type Looks } from './look-at-files.ts';
import { type MadeRecords, makeRecords, memoryOfRecords, type RecordsJob } from './make-records.ts';
import { type OrderJob, orderRows } from './order-rows.ts';
import {
  type EntryJob,
  type GroupJob,
  type PackedEntry,
  packEntry,
  type PackedGroup,
  packGroup,
} from './pack-group.ts';

export type ExportJob = OrderJob | LookJob | RecordsJob | EntryJob | GroupJob | LeaveJob;
export type ExportAnswer = Float64Array<ArrayBuffer> | Looks | MadeRecords | PackedEntry | PackedGroup | null;

/** What the threads of an export do. */
export default function work(job: ExportJob): ExportAnswer {
  if ('order' in job) return orderRows(job);
  if ('look' in job) return lookAtFiles(job);
  if ('records' in job) return makeRecords(job);
  if ('leave' in job) return leaveArchive(job);
  return 'entry' in job ? packEntry(job) : packGroup(job);
}

/** What is long is moved to where it is used. */
export function memoryOf(answer: ExportAnswer): ArrayBuffer[] {
  if (answer instanceof Float64Array) return [answer.buffer];
  return answer !== null && 'lines' in answer ? memoryOfRecords(answer) : [];
}
