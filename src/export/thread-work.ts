import { type LookJob, lookAtFiles, type Looks } from './look-at-files.ts';
import {
  type EntryJob,
  type GroupJob,
  type PackedEntry,
  packEntry,
  type PackedGroup,
  packGroup,
} from './pack-group.ts';

export type ExportJob = LookJob | EntryJob | GroupJob;
export type ExportAnswer = Looks | PackedEntry | PackedGroup;

/** What the threads of an export do. */
export default function work(job: ExportJob): ExportAnswer {
  if ('paths' in job) return lookAtFiles(job);
  return 'entry' in job ? packEntry(job) : packGroup(job);
}
