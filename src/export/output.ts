import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { BundleError, systemCode } from '../base/errors.ts';
import { checkOutput } from '../archive/check-output.ts';
import { type Lock, takeLock } from '../archive/lock.ts';
import type { Archive } from '../archive/open.ts';
import { PART_SUFFIX } from '../bundle/part-file.ts';
import { checkName } from './check-room.ts';
import type { ExportOptions, Selection } from './options.ts';
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

/** What an export reads besides its own archive. */
function othersOf(selection: Selection): string[] {
  if (selection.kind === 'request') return [selection.file];
  if (selection.kind === 'all' || selection.kind === 'filters' || selection.database === undefined) return [];
  return [selection.database];
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
  static take(name: string, archive: Archive, selection: Selection): FileOutput {
    const path = resolve(name);
    checkOutput(path, { force: true, archive, others: othersOf(selection) }); // force: see checkFree
    checkName(path);
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
