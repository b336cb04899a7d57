import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { linkStatusAt } from '../base/status-at.ts';
import { NamedFiles } from '../archive/named-files.ts';
import type { Archive } from '../archive/open.ts';
import { isAbsolutePath, liesBelow, PHOTO_FOLDER, photoPath } from '../archive/photo-path.ts';
import { hasJournal } from '../archive/sync-tables.ts';

export interface ReplacedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Photos that gave way to another one in a conflict: until now they were kept so that the operation
 * could be reverted. Only files inside the photo folder that no row names, and
 * that no other operation would point a row back to.
 */
export class ReplacedFiles {
  readonly #archive: Archive;
  #named: NamedFiles | null = null;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  async of(operationId: string): Promise<ReplacedFile[]> {
    const { db, root } = this.#archive;
    if (!hasJournal(db)) return [];
    db.exec(
      'CREATE TEMP TABLE IF NOT EXISTS taken (path TEXT PRIMARY KEY) WITHOUT ROWID; DELETE FROM temp.taken',
    );
    // A conflict in which the local photo was kept has no path in the books.
    db.prepare(
      `INSERT OR IGNORE INTO temp.taken SELECT new FROM main.indabundle_journal WHERE operation = ? AND outcome = 'conflict' AND new IS NOT NULL`,
    ).run(operationId);
    const paths = db
      .prepare<[string, string], string>(
        `SELECT DISTINCT old FROM main.indabundle_journal WHERE operation = ? AND "table" = 'images' AND "column" = 'local_path'
         AND coalesce(old, '') <> '' AND new IN (SELECT path FROM temp.taken)
         AND old NOT IN (SELECT old FROM main.indabundle_journal WHERE operation <> ? AND "table" = 'images' AND "column" = 'local_path' AND old IS NOT NULL)`,
      )
      .pluck()
      .all(operationId, operationId);
    if (paths.length === 0) return [];
    const named = (this.#named ??= await NamedFiles.build(this.#archive));
    await named.refresh();
    return paths.flatMap((path) => unnamed(root, path, named) ?? []);
  }
}

function unnamed(root: string, localPath: string, named: NamedFiles): ReplacedFile | null {
  const path = photoPath(root, localPath);
  const status = linkStatusAt(path);
  if (
    !status?.isFile() ||
    isAbsolutePath(localPath) ||
    !liesBelow(realpathSync(join(root, PHOTO_FOLDER)), realpathSync(path))
  )
    return null;
  return named.names(localPath) ? null : { path, bytes: status.size };
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
