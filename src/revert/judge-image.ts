import type Database from 'better-sqlite3';
import { sideBySide } from '../base/side-by-side.ts';
import { linkStatusAt } from '../base/status-at.ts';
import { hashFile } from '../archive/file-digest.ts';
import type { Archive } from '../archive/open.ts';
import { photoPath } from '../archive/photo-path.ts';
import type { KeptReason } from './options.ts';
import { References } from './references.ts';
import { type Step, StepFinder } from './steps.ts';

type ImageRow = { readonly [column: string]: unknown };

/** What is to be done about one image that the operation had to do with. */
export interface ImageVerdict {
  readonly id: number;
  /** `remove`: the operation inserted it. `set-back`: it was there before. `gone`: somebody deleted it since. */
  readonly action: 'remove' | 'set-back' | 'gone' | 'keep';
  readonly reason: KeptReason | null;
  /** Where the row was pointed to another file: that is kept, too, when it was changed since. */
  readonly keepPath: KeptReason | null;
  readonly steps: readonly Step[];
}

/** Decides what reverting does to an image: without writing, and again inside the transaction. */
export class ImageJudge {
  readonly #root: string;
  readonly #row: Database.Statement<[number], ImageRow>;
  readonly #digest: Database.Statement<[string], string>;
  readonly #references: References;
  readonly #steps: StepFinder;

  constructor({ db, shape, root }: Archive, how: { readonly looksOnly: boolean }) {
    this.#steps = new StepFinder(db);
    this.#root = root;
    this.#row = db.prepare('SELECT * FROM main.images WHERE id = ?');
    this.#digest = db.prepare<[string], string>('SELECT digest FROM temp.placed WHERE path = ?').pluck();
    this.#references = new References(db, shape, how);
  }

  judge(id: number): ImageVerdict {
    const steps = this.#steps.of('images', String(id));
    const row = this.#row.get(id);
    const verdict = (
      action: ImageVerdict['action'],
      reason: KeptReason | null = null,
      keepPath: KeptReason | null = null,
    ) => ({ id, action, reason, keepPath, steps });
    if (row === undefined) return verdict('gone');
    const insert = steps.find((step) => step.column === null);
    if (insert === undefined) return verdict('set-back', null, pathChanged(row, steps) ? 'changed' : null);
    if (rowChanged(row, insert, steps) || this.#references.isRewritten(id)) return verdict('keep', 'changed');
    return this.#references.isUsed('images', String(id), 'ours')
      ? verdict('keep', 'used')
      : verdict('remove');
  }

  /** The verdicts on many images, and whether a file of theirs has other bytes by now. */
  async *judgeAll(
    ids: readonly number[],
    signal?: AbortSignal,
  ): AsyncGenerator<{ readonly verdict: ImageVerdict; readonly fileChanged: boolean }> {
    const look = async (id: number) => {
      const verdict = this.judge(id);
      return { verdict, fileChanged: await this.#fileChanged(verdict.steps, signal) };
    };
    for await (const [, judged] of sideBySide(ids, look)) yield judged;
  }

  /** Of many images those of which a file of theirs has other bytes by now, whatever becomes of them. */
  async *changedFiles(ids: readonly number[], signal?: AbortSignal): AsyncGenerator<number> {
    const look = (id: number) => this.#fileChanged(this.#steps.of('images', String(id)), signal);
    for await (const [id, changed] of sideBySide(ids, look)) if (changed) yield id;
  }

  /** True when a file that the operation placed for this image has other bytes by now; reads it. */
  async #fileChanged(steps: readonly Step[], signal?: AbortSignal): Promise<boolean> {
    for (const path of placedPaths(steps)) {
      if (await this.#differs(path, signal)) return true;
    }
    return false;
  }

  async #differs(path: string, signal: AbortSignal | undefined): Promise<boolean> {
    const digest = this.#digest.get(path);
    const file = photoPath(this.#root, path);
    const status = linkStatusAt(file);
    if (digest === undefined || status === undefined) return false;
    return !status.isFile() || (await hashFile(file, signal)).digest !== digest;
  }
}

/** Files that were written for an image: of its new row, and those that it was pointed to. */
export function placedPaths(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (step.column === 'local_path') return step.new ?? [];
    return step.column === null ? (valuesOf(step)['local_path'] ?? []) : [];
  });
}

export function valuesOf(step: Step): { readonly [column: string]: string } {
  return JSON.parse(step.new ?? '{}') as { [column: string]: string };
}

/** A new row is unchanged when it holds what the operation put into it, then or later. */
function rowChanged(row: ImageRow, insert: Step, steps: readonly Step[]): boolean {
  const expected = new Map<string, string | null>(Object.entries(valuesOf(insert)));
  for (const step of steps) if (step.column !== null) expected.set(step.column, step.new);
  return Object.entries(row).some(([column, value]) => {
    if (column === 'id') return false;
    const wanted = expected.get(column) ?? null;
    return value === null || wanted === null ? value !== wanted : String(value) !== String(wanted);
  });
}

/** The row was pointed to a file of ours, and points elsewhere now. */
function pathChanged(row: ImageRow, steps: readonly Step[]): boolean {
  const last = steps.findLast((step) => step.column === 'local_path');
  return last !== undefined && row['local_path'] !== last.new;
}
