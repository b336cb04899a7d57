import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { applyBundle } from '../../src/apply/apply-bundle.ts';
import type { ApplyOptions, ApplyResult } from '../../src/apply/options.ts';
import { BundleError, EXIT, type ExitStatus } from '../../src/base/errors.ts';
import { applyStatus } from '../../src/cli/exit-status.ts';
import { buildArchive } from '../../fixtures/archive-builder.ts';

/** A small archive that receives, made anew for each bundle. */
export class Receiver {
  readonly #template: string;
  readonly dir: string;

  constructor(folder: string) {
    this.#template = join(folder, 'template');
    this.dir = join(folder, 'receiver');
    mkdirSync(this.#template, { recursive: true });
    if (!existsSync(join(this.#template, 'indafoto.db'))) {
      buildArchive(this.#template, { schema: 'today', images: [{ author: 'Béla', tags: ['tó'] }] });
    }
    this.renew();
  }

  get db(): string {
    return join(this.dir, 'indafoto.db');
  }

  renew(): void {
    rmSync(this.dir, { recursive: true, force: true });
    cpSync(this.#template, this.dir, { recursive: true });
  }

  /** Applies, and answers as the command does. */
  async apply(input: ApplyOptions['input'], options: Partial<ApplyOptions> = {}): Promise<Applied> {
    try {
      const result = await applyBundle({ input, db: this.db, backup: false, ...options });
      return { status: applyStatus(result), result, error: null };
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      return { status: error.exitStatus, result: null, error };
    }
  }

  /** What is in the archive now beyond what it had at first. */
  landed(): Landed {
    const db = new Database(this.db);
    try {
      db.pragma('foreign_keys = OFF');
      const rows = db.prepare('SELECT * FROM images WHERE id > 1 ORDER BY id').all() as ImageRow[];
      const integrity = String(db.pragma('integrity_check', { simple: true }));
      return { rows, integrity, ...this.#files(rows) };
    } finally {
      db.close();
    }
  }

  #files(rows: readonly ImageRow[]): { digests: string[]; wrong: string[]; strange: string[] } {
    const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
    const named = new Map(rows.map((row) => [row.local_path ?? '', row]));
    const wrong = rows.filter((row) => {
      const path = join(this.dir, row.local_path ?? '');
      return row.local_path === null || !existsSync(path) || digestOf(path) !== row.sha256_hash;
    });
    const all = filesBelow(this.dir).filter((path) => !existsSync(join(this.#template, path)));
    const strange = all.filter((path) => !named.has(path) && !/^indafoto\.db-(wal|shm)$/.test(path));
    return {
      digests: rows.map((row) => row.sha256_hash ?? ''),
      wrong: wrong.map((row) => String(row.local_path)),
      strange,
    };
  }
}

export interface ImageRow {
  readonly id: number;
  readonly uuid: string | null;
  readonly title: string | null;
  readonly author: string | null;
  readonly url: string | null;
  readonly local_path: string | null;
  readonly sha256_hash: string | null;
}

export interface Applied {
  readonly status: ExitStatus;
  readonly result: ApplyResult | null;
  readonly error: BundleError | null;
}

export interface Landed {
  readonly rows: readonly ImageRow[];
  readonly integrity: string;
  /** Digests of the new rows, in their order. */
  readonly digests: readonly string[];
  /** New rows whose file is not there, or not what the row says. */
  readonly wrong: readonly string[];
  /** New files that no row names. */
  readonly strange: readonly string[];
}

/** Every file below a folder, with `/`; names of links and other things, too. */
export function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((item) => {
    const path = prefix === '' ? item.name : `${prefix}/${item.name}`;
    return item.isDirectory() ? filesBelow(folder, path) : [path];
  });
}

/** The statuses that a bundle may have; others mean that it did harm. */
export const ACCEPTABLE: readonly ExitStatus[] = [EXIT.whole, EXIT.partial, EXIT.refused];
