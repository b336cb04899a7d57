import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { asBundleError, BundleError, systemCode } from './errors.ts';

export interface OutputRules {
  /** Replace a file that is there. */
  readonly force: boolean;
  /** What the work reads: it cannot be written over. */
  readonly inputs: readonly string[];
  /** The option that names it; `-o` where it is left out. */
  readonly option?: string;
}

/**
 * Tells before the work begins that a file cannot be written there.
 *
 * @throws BundleError `output-is-input`, `output-exists`, `option-value`, `write-protected`, `not-permitted`
 */
export function checkOutputPath(path: string, { force, inputs, option = '-o' }: OutputRules): void {
  if (inputs.includes(path)) throw new BundleError('output-is-input', { params: { path } });
  if (!isFolder(dirname(path)) || isFolder(path)) {
    throw new BundleError('option-value', {
      params: { option, found: path, expected: 'a file in a folder that exists' },
    });
  }
  if (!force && existsSync(path)) throw new BundleError('output-exists', { params: { path } });
  checkWritable(dirname(path));
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
export const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory();

/**
 * A time as our files bear it; now, where none is given.
 *
 * @throws BundleError `option-value`
 */
export function creationTime(created = `${new Date().toISOString().slice(0, 19)}Z`): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(created) && !Number.isNaN(Date.parse(created))) return created;
  throw new BundleError('option-value', {
    params: { option: '--created', found: created, expected: 'a time such as 2026-03-14T10:15:00Z' },
  });
}
