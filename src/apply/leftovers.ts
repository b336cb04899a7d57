import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { authorPath } from '../archive/destination.ts';
import { hashFile } from '../archive/file-digest.ts';
import type { LocalIndex } from '../archive/local-index.ts';
import { photoPath } from '../archive/photo-path.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import type { ApplyOperation } from './operation.ts';
import { TEMPORARY_NAME } from '../archive/temporary-name.ts';

/** A file that an interrupted run had put in place, whole, before it could be booked. */
export interface Adoptable {
  readonly row: number;
  readonly localPath: string;
}

/**
 * Tidies up after an interrupted run: temporary files and empty placeholders go, whole files that
 * no row names yet are offered for adoption by digest.
 */
export class Leftovers {
  readonly #adoptable = new Map<string, Adoptable[]>();
  readonly #cleaned = new Set<string>();
  readonly #db: Database.Database;
  readonly #operation: ApplyOperation;
  readonly #root: string;

  private constructor(db: Database.Database, operation: ApplyOperation, root: string) {
    this.#db = db;
    this.#operation = operation;
    this.#root = root;
  }

  static async find(
    db: Database.Database,
    operation: ApplyOperation,
    root: string,
    index: LocalIndex,
    wait: WaitOptions,
  ): Promise<Leftovers> {
    const leftovers = new Leftovers(db, operation, root);
    const dropped: number[] = [];
    for (const { id, file_path, file_hash } of operation.pendingFiles()) {
      const found =
        file_path !== null && file_hash !== null && (await leftovers.#look(file_path, file_hash, index));
      if (found) leftovers.#offer(file_hash, { row: id, localPath: file_path });
      else dropped.push(id);
    }
    if (dropped.length > 0)
      await immediately(db, () => dropped.forEach((row) => operation.dropPending(row)), wait);
    return leftovers;
  }

  /** True for a file that is whole and that no row names. */
  async #look(localPath: string, digest: string, index: LocalIndex): Promise<boolean> {
    const path = photoPath(this.#root, localPath);
    this.#cleanFolder(dirname(path));
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (!status?.isFile() || index.namesFile(localPath)) return false;
    if (status.size === 0) {
      rmSync(path, { force: true });
      return false;
    }
    return (await hashFile(path)).digest === digest;
  }

  #cleanFolder(folder: string): void {
    if (this.#cleaned.has(folder)) return;
    this.#cleaned.add(folder);
    removeTemporaries(folder);
  }

  #offer(digest: string, adoptable: Adoptable): void {
    this.#adoptable.set(digest, [...(this.#adoptable.get(digest) ?? []), adoptable]);
  }

  /** A file with this content in the author's own folder that may be taken as it is, best under its own name; each once. */
  adopt(digest: string, author: string | null, baseName: string): Adoptable | null {
    const offered = this.#adoptable.get(digest) ?? [];
    const home = offered.filter(({ localPath }) => localPath.startsWith(`${authorPath(author)}/`));
    const chosen = home.find(({ localPath }) => localPath.endsWith(`/${baseName}`)) ?? home[0];
    if (chosen === undefined) return null;
    this.#adoptable.set(
      digest,
      offered.filter((one) => one !== chosen),
    );
    return chosen;
  }

  /** Files that nobody took in the end were ours alone: they go. */
  async remove(wait: WaitOptions): Promise<void> {
    for (const { row, localPath } of [...this.#adoptable.values()].flat()) {
      rmSync(photoPath(this.#root, localPath), { force: true });
      await immediately(this.#db, () => this.#operation.dropPending(row), wait);
    }
    this.#adoptable.clear();
  }
}

/** Removes our temporary files from a folder. */
function removeTemporaries(folder: string): void {
  try {
    for (const name of readdirSync(folder))
      if (TEMPORARY_NAME.test(name)) rmSync(join(folder, name), { force: true });
  } catch (error) {
    if (!/^(ENOENT|ENOTDIR)$/.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
