import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BundleError } from '../base/errors.ts';
import { isFolder, isNameTooLong } from '../base/output-path.ts';
import { statusAt } from '../base/status-at.ts';
import { MOST_VOLUMES } from '../base/volume-text.ts';
import type { Lock } from '../archive/lock.ts';
import type { Archive } from '../archive/open.ts';
import { safeName } from '../archive/safe-name.ts';
import { PART_SUFFIX } from '../bundle/part-file.ts';
import { BUNDLE_EXTENSION, isVolumeName, volumeName } from '../bundle/volumes.ts';
import { PLAN_SUFFIX, takeOutputLock } from './output.ts';
import { removePlanFile } from './plan-file.ts';
import { PlanStore } from './plan-store.ts';

/** What volumes are called where the folder has no name of its own (the top of a stick). */
const STANDARD_STEM = 'photos';

/** What volumes in a folder are called: after the folder, in characters that every disk knows. */
export function stemOf(folder: string): string {
  const name = basename(resolve(folder));
  const stem = name.endsWith(BUNDLE_EXTENSION) ? name.slice(0, -BUNDLE_EXTENSION.length) : name;
  return stem === '' ? STANDARD_STEM : safeName(stem);
}

/** A folder of volumes that nobody else writes at the moment, with the plan that all of them follow. */
export class SeriesOutput {
  readonly folder: string;
  readonly stem: string;
  readonly planPath: string;
  readonly #lock: Lock;
  readonly #isNew: boolean;

  private constructor(folder: string, lock: Lock, isNew: boolean) {
    this.#isNew = isNew;
    this.folder = folder;
    this.stem = stemOf(folder);
    this.planPath = join(folder, this.stem + PLAN_SUFFIX);
    this.#lock = lock;
  }

  /** @throws BundleError `output-locked`, `output-is-input`, `option-value`, `not-permitted` */
  static take(name: string, archive: Archive): SeriesOutput {
    const folder = resolve(name);
    const status = statusAt(folder);
    if (folder === archive.path) throw new BundleError('output-is-input', { params: { path: folder } });
    if (status !== undefined ? !status.isDirectory() : !isFolder(dirname(folder)) || isNameTooLong(folder)) {
      throw new BundleError('option-value', {
        params: {
          option: '-o',
          found: name,
          expected: 'a folder for the volumes; it is made where there is none',
        },
      });
    }
    // The names of the volumes have their numbers behind it.
    if (isNameTooLong(volumeName(stemOf(folder), 1, MOST_VOLUMES)))
      throw new BundleError('option-value', {
        params: { option: '-o', found: name, expected: 'a shorter name' },
      });
    if (status === undefined) mkdirSync(folder);
    return new SeriesOutput(folder, takeOutputLock(join(folder, stemOf(folder))), status === undefined);
  }

  pathOf(number: number, count: number): string {
    return join(this.folder, volumeName(this.stem, number, count));
  }

  /** Volumes of this name that lie in the folder, whole or in part. */
  names(): string[] {
    return readdirSync(this.folder)
      .filter((name) => isVolumeName(withoutPart(name), this.stem))
      .sort();
  }

  /** True when something in the folder may need the plan that lies there: volumes follow sealed plans only. */
  get isBegun(): boolean {
    return PlanStore.isSealed(this.planPath);
  }

  /** Takes away what belongs to no volume of this count: a series that was replaced. */
  removeOthers(keep: ReadonlySet<string>): void {
    for (const name of this.names())
      if (!keep.has(join(this.folder, withoutPart(name)))) rmSync(join(this.folder, name), { force: true });
  }

  removePlan(): void {
    removePlanFile(this.planPath);
  }

  /** A folder that was made for nothing goes, too. */
  release(): void {
    this.#lock.release();
    if (this.#isNew && readdirSync(this.folder).length === 0) rmdirSync(this.folder);
  }
}

function withoutPart(name: string): string {
  return name.endsWith(PART_SUFFIX) ? name.slice(0, -PART_SUFFIX.length) : name;
}
