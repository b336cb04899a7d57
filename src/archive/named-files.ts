import { realpathSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { breathe } from '../base/breathe.ts';
import { isSameFile } from '../base/same-file.ts';
import { linkStatusAt } from '../base/status-at.ts';
import { keyNumber } from './identity.ts';
import type { Archive } from './open.ts';
import { baseName, foldedBelow, foldedPath, photoPath, rootPrefixes } from './photo-path.ts';

interface NamingRow {
  readonly id: number;
  readonly path: string;
}

/**
 * Tells before a photo is removed whether some row names it: in whatever spelling, and by whatever
 * way through links and folders. Looks at all rows whose file bears the same name,
 * or is a link to one that does.
 */
export class NamedFiles {
  readonly #root: string;
  readonly #prefixes: readonly string[];
  readonly #insert: Database.Statement;
  readonly #rowsAfter: Database.Statement<[number], NamingRow>;
  readonly #idsOf: Database.Statement<[number], number>;
  readonly #pathOf: Database.Statement<[number], string | null>;
  #lastId = -Infinity;

  private constructor({ db, root, scratch }: Archive) {
    this.#root = root;
    this.#prefixes = rootPrefixes(root);
    scratch.exec('CREATE TABLE named_files (key INTEGER, id INTEGER, PRIMARY KEY (key, id)) WITHOUT ROWID');
    this.#insert = scratch.prepare('INSERT OR IGNORE INTO named_files VALUES (?, ?)');
    this.#idsOf = scratch.prepare<[number], number>('SELECT id FROM named_files WHERE key = ?').pluck();
    const path = 'CAST(local_path AS TEXT) AS path';
    this.#rowsAfter = db.prepare(
      `SELECT id, ${path} FROM main.images WHERE id > ? AND local_path <> '' ORDER BY id LIMIT 2000`,
    );
    this.#pathOf = db
      .prepare<[number], string | null>(`SELECT ${path} FROM main.images WHERE id = ?`)
      .pluck();
  }

  static async build(archive: Archive): Promise<NamedFiles> {
    const named = new NamedFiles(archive);
    await named.refresh();
    return named;
  }

  /** Takes in the rows that came since. */
  async refresh(): Promise<void> {
    for (;;) {
      const rows = this.#rowsAfter.all(this.#lastId);
      if (rows.length === 0) return;
      for (const { id, path } of rows) {
        this.#insert.run(keyOf(path), id);
        const target = targetOf(photoPath(this.#root, path));
        if (target !== null) this.#insert.run(keyOf(target), id);
      }
      this.#lastId = rows.at(-1)!.id;
      await breathe();
    }
  }

  /** True when a row names the file that `localPath` names. */
  names(localPath: string): boolean {
    const folded = foldedBelow(this.#prefixes, localPath);
    const others = this.#idsOf.all(keyOf(localPath)).flatMap((id) => this.#pathOf.get(id) ?? []);
    return (
      others.some((other) => foldedBelow(this.#prefixes, other) === folded) ||
      others.some((other) => isSameFile(photoPath(this.#root, localPath), photoPath(this.#root, other)))
    );
  }
}

/** Where a link leads, such as programs leave that look for doubled files; null for anything else. */
function targetOf(path: string): string | null {
  try {
    return linkStatusAt(path)?.isSymbolicLink() ? realpathSync(path) : null;
  } catch {
    return null; // leads nowhere, or where nobody may look
  }
}

function keyOf(path: string): number {
  return keyNumber('name', foldedPath(baseName(path)));
}
