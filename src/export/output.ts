import { existsSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BundleError, systemCode } from '../base/errors.ts';
import { checkWritable, isFolder } from '../base/output-path.ts';
import { type Lock, takeLock } from '../archive/lock.ts';
import { liesBelow, PHOTO_FOLDER } from '../archive/photo-path.ts';
import type { Archive } from '../archive/open.ts';
import { PART_SUFFIX } from '../bundle/part-file.ts';
import { checkName } from './check-room.ts';
import type { ExportOptions } from './options.ts';
import { removePlanFile } from './plan-file.ts';

/** The plan of an unfinished export lies beside its part file. */
export const PLAN_SUFFIX = '.plan';

/** @throws BundleError `output-locked`, `not-permitted` where the folder cannot be written to */
export function takeOutputLock(path: string): Lock {
  try {
    return takeLock(`${path}.lock`, 'output-locked', path);
  } catch (error) {
    if (!/^SQLITE_(CANTOPEN|READONLY)/.test(systemCode(error))) throw error;
    throw new BundleError('not-permitted', { cause: error, params: { what: path } });
  }
}

/** A file that nobody else writes at the moment: nothing is at `path` before it is whole. */
export class FileOutput {
  readonly path: string;
  readonly planPath: string;
  readonly partPath: string;
  readonly #lock: Lock;

  private constructor(path: string, lock: Lock) {
    this.path = path;
    this.planPath = path + PLAN_SUFFIX;
    this.partPath = path + PART_SUFFIX;
    this.#lock = lock;
  }

  /** @throws BundleError `output-locked`, `output-is-input`, `option-value`, `write-protected`, `not-permitted` */
  static take(name: string, archive: Archive): FileOutput {
    const path = resolve(name);
    if (path === archive.path) throw new BundleError('output-is-input', { params: { path } });
    if (!isFolder(dirname(path))) {
      throw new BundleError('option-value', {
        params: { option: '-o', found: name, expected: 'a file in a folder that exists' },
      });
    }
    if (isFolder(path)) {
      throw new BundleError('option-value', {
        params: { option: '-o', found: name, expected: 'a file name; this is a folder' },
      });
    }
    if (liesBelow(join(archive.root, PHOTO_FOLDER), path))
      throw new BundleError('option-value', {
        params: { option: '-o', found: name, expected: 'a file that is not among the photos' },
      });
    checkName(path);
    checkWritable(dirname(path));
    return new FileOutput(path, takeOutputLock(path));
  }

  /** @throws BundleError `output-exists` */
  checkFree(options: ExportOptions): void {
    if (existsSync(this.path) && !options.force)
      throw new BundleError('output-exists', { params: { path: this.path } });
  }

  /** Nothing is to be gone on with: what an earlier run left is of no use. */
  clear(): void {
    removePlanFile(this.planPath);
    rmSync(this.partPath, { force: true });
  }

  /** A plan without a single byte packed is not worth keeping. */
  keepOnlyWhatHelps(): void {
    if (!existsSync(this.partPath)) removePlanFile(this.planPath);
  }

  release(): void {
    this.#lock.release();
  }
}
