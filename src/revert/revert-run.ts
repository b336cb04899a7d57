import type { Observer } from '../base/events.ts';
import { Journal } from '../archive/journal.ts';
import { LINK_KINDS } from '../archive/link-tables.ts';
import type { Archive } from '../archive/open.ts';
import { dropRevertIndexes, revertIndexes } from '../archive/revert-indexes.ts';
import { markReverted, markReverting, REVERTED } from '../archive/revert-marks.ts';
import { SyncTables } from '../archive/sync-tables.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import { unmarkApplied } from '../archive/volume-registry.ts';
import { checkRoot } from './check-root.ts';
import { ImageJudge, type ImageVerdict } from './judge-image.ts';
import { referencingColumns } from './references.ts';
import { countTouched, insertedInto, loadSteps, touchedImages } from './steps.ts';
import { loadBooked, SyncRows } from './sync-rows.ts';
import type { Tally } from './tally.ts';
import { removeFiles, UNFINISHED } from './undo-files.ts';
import { UndoImages } from './undo-images.ts';
import { noteLargest, otherInserts, UndoOthers, undoSequences } from './undo-others.ts';

/** Images of one short transaction. */
const IMAGES = 100;
const ROWS = 1000;

/**
 * Outcomes by which an apply left an image as it was are in the journal, too; so is an earlier
 * revert, behind which only conflicts are left that were decided for what was here.
 */
function changesSomething(db: Archive['db']): boolean {
  return (
    db
      .prepare(
        `SELECT 1 FROM temp.steps WHERE "table" NOT IN ('sqlite_sequence', 'files', 'sync_operations')
         AND NOT ("table" = 'sync_files' AND outcome NOT IN ('added', 'restored', 'conflict'))
         AND NOT (outcome = 'conflict' AND EXISTS (SELECT 1 FROM temp.steps WHERE outcome = '${REVERTED}')) LIMIT 1`,
      )
      .get() !== undefined
  );
}

/** Carries one revert out: rows in short transactions, then the files that they had. */
export class RevertRun {
  readonly #archive: Archive;
  readonly #operationId: string;
  readonly #tally: Tally;
  readonly #wait: WaitOptions & { readonly observer: Observer };
  /** Images that stay because somebody changed a file of theirs. */
  readonly #fileChanged = new Set<number>();
  hasSteps = false;

  constructor(
    archive: Archive,
    operationId: string,
    tally: Tally,
    wait: WaitOptions & { readonly observer: Observer },
  ) {
    this.#archive = archive;
    this.#operationId = operationId;
    this.#tally = tally;
    this.#wait = wait;
  }

  /** Reads the journal, and the files of the images that it is about. */
  async plan(): Promise<void> {
    const { db } = this.#archive;
    loadSteps(db, this.#operationId);
    checkRoot(this.#archive);
    loadBooked(db);
    this.hasSteps = changesSomething(db);
    this.#wait.observer({ type: 'phase', phase: 'check', total: countTouched(db), unit: 'records' });
    const judge = new ImageJudge(this.#archive, { looksOnly: true });
    let done = 0;
    for (const ids of touchedImages(db, ROWS)) {
      for await (const id of judge.changedFiles(ids, this.#wait.signal)) this.#fileChanged.add(id);
      done += ids.length;
      this.#wait.observer({ type: 'progress', done });
    }
  }

  async undo(): Promise<void> {
    const { db } = this.#archive;
    this.#wait.observer({ type: 'phase', phase: 'revert', total: countTouched(db), unit: 'records' });
    await immediately(
      db,
      () => {
        noteLargest(db, this.#operationId);
        unmarkApplied(db, this.#operationId);
        markReverting(db, this.#operationId);
      },
      this.#wait,
    );
    try {
      await this.#makeIndexes();
      await this.#undoImages();
      await this.#undoOthers();
      await this.#dropUnfinished();
    } catch (error) {
      // Where the disk failed, SQLite has lost its footing, and would say worse than what is true.
      if (this.#wait.signal?.aborted) await this.#dropIndexes();
      throw error;
    }
    await this.#dropIndexes();
    await removeFiles(this.#archive, this.#operationId, this.#tally, this.#wait);
    await immediately(db, () => markReverted(db, this.#operationId), this.#wait);
  }

  async #makeIndexes(): Promise<void> {
    const { db, shape } = this.#archive;
    const tables = ['images', ...LINK_KINDS.filter((kind) => insertedInto(db, kind))];
    const columns = tables.flatMap((table) => referencingColumns(db, table));
    for (const sql of revertIndexes(db, shape, columns))
      await immediately(db, () => db.exec(sql), this.#wait);
  }

  /** Also when the work is stopped; what stays is dropped by the next run, or by cleaning up. */
  async #dropIndexes(): Promise<void> {
    const { db, path } = this.#archive;
    await immediately(db, () => dropRevertIndexes(db), { observer: this.#wait.observer, what: path });
  }

  async #undoImages(): Promise<void> {
    const { db } = this.#archive;
    const judge = new ImageJudge(this.#archive, { looksOnly: false });
    const sync = new SyncRows(db, new SyncTables(db), this.#operationId);
    const undo = new UndoImages(
      this.#archive,
      new Journal(db, this.#operationId),
      this.#operationId,
      sync,
      this.#tally,
    );
    let done = 0;
    for (const ids of touchedImages(db, IMAGES)) {
      this.#wait.signal?.throwIfAborted();
      await immediately(
        db,
        () => ids.forEach((id) => undo.undo(this.#withFiles(judge.judge(id)))),
        this.#wait,
      );
      done += ids.length;
      this.#wait.observer({ type: 'progress', done });
    }
  }

  /** A file with other bytes keeps the row that names it. */
  #withFiles(verdict: ImageVerdict): ImageVerdict {
    if (!this.#fileChanged.has(verdict.id)) return verdict;
    if (verdict.action === 'remove') return { ...verdict, action: 'keep', reason: 'file-changed' };
    return verdict.action === 'set-back'
      ? { ...verdict, keepPath: verdict.keepPath ?? 'file-changed' }
      : verdict;
  }

  async #undoOthers(): Promise<void> {
    const { db, shape } = this.#archive;
    const inserts = otherInserts(db, shape);
    const others = new UndoOthers(db, shape, { looksOnly: false });
    const drop = db.prepare('DELETE FROM main.indabundle_journal WHERE operation = ? AND sequence = ?');
    for (let at = 0; at < inserts.length; at += ROWS) {
      await immediately(
        db,
        () => {
          for (const insert of inserts.slice(at, at + ROWS)) {
            if (others.undo(insert, this.#tally)) drop.run(this.#operationId, insert.step.sequence);
          }
        },
        this.#wait,
      );
    }
    await immediately(db, () => undoSequences(db), this.#wait);
  }

  /** Places that an unfinished apply had chosen and not booked yet: whatever of ours lies there goes, too. */
  async #dropUnfinished(): Promise<void> {
    const { db } = this.#archive;
    const sync = new SyncTables(db);
    const journal = new Journal(db, this.#operationId);
    await immediately(
      db,
      () => {
        for (const { id, file_path, file_hash } of sync.pendingFiles(sync.operation(this.#operationId)!)) {
          if (file_path !== null && file_hash !== null)
            journal.add({
              record: null,
              outcome: null,
              table: 'files',
              key: file_path,
              column: UNFINISHED,
              old: file_hash,
            });
          db.prepare('DELETE FROM main.sync_files WHERE id = ?').run(id);
        }
      },
      this.#wait,
    );
  }
}
