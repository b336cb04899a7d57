import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BundleError } from '../base/errors.ts';
import { checkOutputPath, isFolder, type OutputRules } from '../base/output-path.ts';
import { filesOfArchive } from './database-files.ts';
import type { Archive } from './open.ts';
import { liesBelow, PHOTO_FOLDER } from './photo-path.ts';

export interface ArchiveOutputRules extends Omit<OutputRules, 'inputs'> {
  /** Whose photos are no place for other files. */
  readonly archive: Pick<Archive, 'path' | 'root'>;
  /** What else the work reads: other archives (the database or its folder), catalogues, requests. */
  readonly others?: readonly string[];
}

/**
 * Tells before the work begins that a file cannot be written there, or that it would take the place of
 * something of an archive.
 *
 * @throws BundleError `output-is-input`, `output-exists`, `option-value`, `write-protected`, `not-permitted`
 */
export function checkOutput(path: string, { archive, others = [], ...rules }: ArchiveOutputRules): void {
  checkOutputPath(path, { ...rules, inputs: [archive.path, ...others].flatMap(filesOfArchive) });
  if (!isAmongPhotos(path, archive.root)) return;
  const expected = 'a file that is not among the photos';
  throw new BundleError('option-value', { params: { option: rules.option ?? '-o', found: path, expected } });
}

function isAmongPhotos(path: string, root: string): boolean {
  const photos = join(root, PHOTO_FOLDER);
  if (!isFolder(photos)) return false;
  return liesBelow(realpathSync(photos), join(realpathSync(dirname(path)), basename(path)));
}
