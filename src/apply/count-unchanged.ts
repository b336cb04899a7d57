import { sizeAt } from '../base/status-at.ts';
import { photoPath } from '../archive/photo-path.ts';
import { archiveAt, leaveArchive, type LeaveJob } from '../archive/thread-archive.ts';

/** Records that an operation may have added. */
export interface UnchangedJob {
  readonly database: string;
  readonly root: string;
  readonly operation: string;
  /** What the journal calls the size of a file that came. */
  readonly column: string;
  /** Numbers of records: of the first, and of the one behind the last. */
  readonly records: readonly [number, number];
  /** Steps of the journal in which to look for them, counted in the same way. */
  readonly steps: readonly [number, number];
}

/** What the threads do that count. */
export default function work(job: UnchangedJob | LeaveJob): number | null {
  return 'leave' in job ? leaveArchive(job) : countUnchanged(job);
}

type AddedRow = [localPath: string, size: string];

/** How many images are here as they came: row, path, digest, and the file with its size. */
function countUnchanged({ database, root, operation, column, records, steps }: UnchangedJob): number {
  const { shape, statements } = archiveAt(database);
  const isSame = shape.hasColumn('images', 'sha256_hash') ? 'sha256_hash IS file_hash' : 'TRUE';
  const rows = statements
    .get<AddedRow>(
      `SELECT local_path, journal.old FROM main.indabundle_journal journal
       CROSS JOIN main.sync_files ON sync_files.id = CAST(journal."key" AS INTEGER)
       CROSS JOIN main.images ON images.id = sync_files.image_id
       WHERE journal.operation = ? AND sequence >= ? AND sequence < ? AND record >= ? AND record < ? AND outcome = 'added' AND journal."column" = ?
         AND local_path = file_path AND ${isSame}`,
    )
    .raw()
    .all(operation, ...steps, ...records, column);
  return rows.filter(([localPath, size]) => sizeAt(photoPath(root, localPath)) === Number(size)).length;
}
