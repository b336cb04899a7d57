import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { asBundleError, BundleError, systemCode } from './errors.ts';
import { isDatabaseFile, isPicture } from './first-bytes.ts';
import { isSameFile } from './same-file.ts';

export interface OutputRules {
  /** Replace a file that is there. */
  readonly force: boolean;
  /** What the work reads: it cannot be written over, in whatever spelling it is named. */
  readonly inputs: readonly string[];
  /** The option that names it; `-o` where it is left out. */
  readonly option?: string;
  /** What stands there is a copy of a database, so that another copy may take its place. */
  readonly isCopy?: boolean;
  /** Bytes are written into what stands there, which may be a pipe. */
  readonly inPlace?: boolean;
}

/**
 * Tells before the work begins that a file cannot be written there.
 *
 * @throws BundleError `output-is-input`, `output-exists`, `option-value`, `write-protected`, `not-permitted`
 */
export function checkOutputPath(path: string, rules: OutputRules): void {
  const { force, inputs, option = '-o' } = rules;
  const refuse = (expected: string) =>
    new BundleError('option-value', { params: { option, found: path, expected } });
  const found = standsAt(path);
  if (inputs.some((input) => input === path || isSameFile(path, input)))
    throw new BundleError('output-is-input', { params: { path } });
  if (!isFolder(dirname(path))) throw refuse('a file in a folder that exists');
  if (isNameTooLong(path)) throw refuse('a shorter name');
  if (found?.isDirectory()) throw refuse('a file name; this is a folder');
  if (found !== undefined) {
    const expected = whatCannotBeReplaced(path, found, rules);
    if (expected !== null) throw refuse(expected);
    if (!force) throw new BundleError('output-exists', { params: { path } });
  }
  checkWritable(dirname(path));
}

/** Systems know names of 255 bytes, and what is written has `.plan-journal` and the like behind it for a while. */
export const isNameTooLong = (path: string) => Buffer.byteLength(basename(path)) > 240;

/** `--force` is for what an earlier run wrote: a slip of the pen must not cost a device, a photo or an archive. */
function whatCannotBeReplaced(path: string, found: Stats, rules: OutputRules): string | null {
  if (!found.isFile()) return rules.inPlace ? null : 'an ordinary file; -o - writes to standard output';
  if (isPicture(path)) return 'a file that is not a photo';
  if (!rules.isCopy && isDatabaseFile(path)) return 'a file that is not a database';
  return null;
}

function standsAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // what lies below a file, or in a folder that is closed to us, is found out later
  }
}

/**
 * Tells that nothing can be written into a folder; of one that is still to be made, the folder above decides.
 *
 * @throws BundleError `write-protected`, `not-permitted`
 */
export function checkWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const above = dirname(folder);
    if (systemCode(error) === 'ENOENT' && above !== folder) checkWritable(above);
    else throw asBundleError(error, folder);
  }
}

/** True for a folder that is there; also what lies below a file is none. */
export const isFolder = (path: string) => standsAt(path)?.isDirectory() ?? false;
