import type Database from 'better-sqlite3';
import type { Archive } from '../archive/open.ts';
import { hasJournal } from '../archive/sync-tables.ts';

/** What the journal calls the site's size of a photo that a row was pointed to. */
export const SITE_SIZE = 'site-size';

/**
 * How large the site says that the photos of rows are, by what bundles said of them. A row keeps its own
 * address when it takes another photo: its address may say `_l` while the photo came as `_xxl`.
 */
export class TakenSizes {
  readonly #archive: Archive;
  readonly #forget: Database.Statement<[number]>;
  readonly #insert: Database.Statement<[number, number]>;
  readonly #size: Database.Statement<[number], number>;
  #isRead = false;

  constructor(archive: Archive) {
    const { scratch } = archive;
    scratch.exec(`CREATE TABLE IF NOT EXISTS taken_sizes (id INTEGER PRIMARY KEY, size INTEGER);
                  DELETE FROM taken_sizes`);
    this.#archive = archive;
    this.#forget = scratch.prepare('DELETE FROM taken_sizes WHERE id = ?');
    this.#insert = scratch.prepare(
      'INSERT INTO taken_sizes VALUES (?, ?) ON CONFLICT DO UPDATE SET size = max(size, excluded.size)',
    );
    this.#size = scratch.prepare<[number], number>('SELECT size FROM taken_sizes WHERE id = ?').pluck();
  }

  /** 3 for `_xxl`, 2 for `_xl`, 1 for `_l`; 0 where the row took no photo, or nobody knows its size. */
  of(id: number): number {
    this.#readBooks();
    return this.#size.get(id) ?? 0;
  }

  /** The row was pointed to a photo of this size. */
  take(id: number, size: number): void {
    this.#readBooks();
    this.#forget.run(id);
    this.#insert.run(id, size);
  }

  /** The photo that the row has is this large elsewhere. */
  confirm(id: number, size: number): void {
    this.#readBooks();
    this.#insert.run(id, size);
  }

  /** What earlier operations took, where the row still has it; read when it is first asked for. */
  #readBooks(): void {
    const { db } = this.#archive;
    if (this.#isRead) return;
    this.#isRead = true;
    if (!hasJournal(db)) return;
    const taken = db
      .prepare<[string], [id: number, size: number]>(
        `SELECT images.id, CAST(journal.old AS INTEGER) FROM main.indabundle_journal journal
         CROSS JOIN main.sync_files files ON files.id = CAST(journal."key" AS INTEGER)
         CROSS JOIN main.images ON images.id = files.image_id AND images.local_path = files.file_path
         WHERE journal."column" = ? AND journal."table" = 'sync_files'`,
      )
      .raw();
    for (const [id, size] of taken.iterate(SITE_SIZE)) this.#insert.run(id, size);
  }
}
