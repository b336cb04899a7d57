import { parseDigest } from '../base/digest.ts';
import { dataVersion } from '../archive/transaction.ts';
import { MergeRows } from '../archive/merge-rows.ts';
import { type Attempt, attempts, RowRefused } from '../archive/row-inserter.ts';
import { localSize } from '../archive/local-file.ts';
import type { LocalImage } from '../archive/local-index.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { type Decision, matchingRows, recordKeys } from '../merge/decide.ts';
import { claimRow, conflictAction, type MergeContext, recordSize } from '../merge/merge-context.ts';
import type { ConflictPolicy, Outcome } from '../merge/outcomes.ts';
import { PersonalRows } from '../merge/personal-rows.ts';
import { fillValues, newImageValues, recordLinks } from '../merge/record-rows.ts';
import { AuthorRows } from './author-rows.ts';
import type { ApplyOperation } from './operation.ts';
import type { RecordSpool } from './record-spool.ts';

/** A record, what was decided about it, and the file that is in place for it, if any. */
export interface Prepared {
  readonly ordinal: number;
  readonly record: ImageRecord;
  readonly decision: Decision;
  /** The rows that the decision rests on, as they were then. */
  readonly basis: string;
  /** No other record that is settled with it can be the same image. */
  readonly isAlone: boolean;
  readonly localPath: string | null;
  readonly pendingRow: number | null;
}

/** What became of it: `unused` when its file is in place but not needed after all. */
export interface Settled {
  readonly outcome: Outcome;
  readonly imageId: number | null;
  /** Where the record's content lies; null where the archive has none of it. */
  readonly localPath: string | null;
  readonly unused: boolean;
  /** Why it failed. */
  readonly message: string | null;
}

/** What was written beside photos and rows. */
interface Added {
  readonly columnsFilled: number;
  readonly linksAdded: number;
  readonly personalAdded: number;
  /** Conflicts whose other photo is in the bundle only. */
  readonly conflictsKept: number;
}

export interface SettleOptions {
  readonly onConflict: ConflictPolicy;
  readonly metadata: 'fill' | 'keep';
  /** Notes and marks are wanted. */
  readonly personal: boolean;
}

/** Neither an image of the archive nor a file in it. */
const NOWHERE = { imageId: null, localPath: null, message: null };

/** The rows that are the same image, in a form that shows any change. */
export function basisOf(rows: readonly LocalImage[]): string {
  if (rows.length === 0) return '';
  return JSON.stringify(rows.map((row) => [row.id, row.local_path, row.sha256_hash]));
}

/** The row was found to have the record's content, and names the same file still. */
function wasSame(decision: Decision, { id, local_path }: LocalImage): boolean {
  return decision.outcome === 'present' && decision.row.id === id && decision.row.local_path === local_path;
}

/**
 * Writes one record's rows, inside the caller's transaction. The decision is made again here where
 * the crawler, or an earlier record of the same bundle, may have come first.
 */
export class RecordSettler {
  added: Added = { columnsFilled: 0, linksAdded: 0, personalAdded: 0, conflictsKept: 0 };
  readonly authors: AuthorRows;

  readonly #context: MergeContext;
  readonly #operation: ApplyOperation;
  readonly #spool: RecordSpool;
  readonly #options: SettleOptions;
  readonly #rows: MergeRows;
  readonly #personal: PersonalRows | null;
  #undisturbed = false;
  /** Of the database, when the last transaction began. */
  #version = -1;
  /** Rows that the record at hand has made or changed, for the index. */
  #changed: LocalImage[] = [];
  readonly #attempt: Attempt;

  constructor(context: MergeContext, operation: ApplyOperation, spool: RecordSpool, options: SettleOptions) {
    const { db, shape } = context.archive;
    this.#context = context;
    this.#operation = operation;
    this.#spool = spool;
    this.#options = options;
    this.#rows = new MergeRows(db, shape, operation.journal);
    this.#personal = options.personal ? new PersonalRows(db, shape, operation.journal) : null;
    this.authors = new AuthorRows(context, spool, operation);
    this.#attempt = attempts(db);
  }

  /** A transaction begins; `decidedAt` is the version of the database on which its records were decided. */
  begin(decidedAt: number): void {
    const version = dataVersion(this.#context.archive.db);
    this.#undisturbed = version === decidedAt;
    if (version !== this.#version) this.#rows.forget();
    this.#version = version;
  }

  /** A transaction was rolled back. */
  rolledBack(): void {
    this.#rows.forget();
  }

  /** Null when it now needs a file that is not in place: it must be prepared again. */
  settle(prepared: Prepared): Settled | null {
    const settled = this.#writeOrRefuse(prepared, this.#decideAgain(prepared));
    if (settled === null) return null;
    const { record, ordinal, pendingRow } = prepared;
    const { unused, ...fate } = settled;
    const { author } = record.image;
    this.#operation.book({ ...fate, ordinal, record, pendingRow: unused ? null : pendingRow });
    if (settled.imageId !== null && author !== undefined) this.authors.insert(author);
    this.#spool.settle(ordinal);
    return settled;
  }

  /** A row that the receiver's own rules keep out fails its record, and no other. */
  #writeOrRefuse(prepared: Prepared, decision: Decision): Settled | null {
    const { journal } = this.#operation;
    const [mark, added] = [journal.mark(), this.added];
    this.#changed = [];
    const settled = this.#attempt(() => this.#write(prepared, decision));
    if (settled instanceof RowRefused) {
      journal.rewind(mark);
      this.added = added;
      this.#rows.forget();
      const unused = prepared.localPath !== null;
      return { outcome: 'failed', imageId: null, localPath: null, unused, message: settled.message };
    }
    if (settled !== null) this.#noteChanges(prepared.record, settled);
    return settled;
  }

  /** What later records of the bundle must know of this one. */
  #noteChanges(record: ImageRecord, { outcome, imageId, localPath }: Settled): void {
    const { index, sizes } = this.#context;
    for (const row of this.#changed) index.note(row);
    claimRow(this.#options.onConflict, imageId, record, this.#context);
    if (imageId === null || localPath === null || !record.file) return;
    if (outcome === 'restored' || outcome === 'conflict') sizes.take(imageId, recordSize(record));
    else if (outcome === 'present') sizes.confirm(imageId, recordSize(record));
  }

  /** Favourite authors, one transaction for all: there are few. */
  addFavorites(authors: readonly string[], now: Date): void {
    for (const author of authors)
      this.authors.unlessRefused(() => {
        if (this.#personal?.addFavorite(author, now)) this.#count('personalAdded', 1);
      });
  }

  /** Details of authors whose images are here already: an earlier copy of the bundle had lost them. */
  addAuthors(authors: readonly string[]): void {
    for (const author of authors) this.authors.insert(author);
  }

  #decideAgain(prepared: Prepared): Decision {
    const { record, decision } = prepared;
    if (decision.outcome === 'banned' || (this.#undisturbed && prepared.isAlone)) return decision;
    const rows = matchingRows(this.#context.index, recordKeys(record));
    return basisOf(rows) === prepared.basis ? decision : this.#decideAnew(prepared, rows);
  }

  /**
   * Without reading files again: where none was read, digest and size have to do until the next run looks
   * closer; the oldest layout has sizes alone.
   */
  #decideAnew({ record, decision }: Prepared, rows: readonly LocalImage[]): Decision {
    const [first] = rows;
    if (first === undefined) return { outcome: record.file ? 'added' : 'metadata-only' };
    if (record.file === undefined) return { outcome: 'present', row: first };
    const { digest, size } = record.file;
    const { root, shape } = this.#context.archive;
    const knowsDigests = shape.hasColumn('images', 'sha256_hash');
    const same = rows.find(
      (row) =>
        (!knowsDigests || wasSame(decision, row) || parseDigest(row.sha256_hash) === digest) &&
        localSize(root, row) === size,
    );
    if (same) return { outcome: 'present', row: same };
    const unusable = rows.find((row) => !localSize(root, row));
    return unusable ? { outcome: 'restored', row: unusable } : { outcome: 'conflict', row: first };
  }

  #write(prepared: Prepared, decision: Decision): Settled | null {
    const settled = this.#writeImage(prepared, decision);
    const { ordinal, record } = prepared;
    if (settled !== null && settled.imageId !== null && this.#personal !== null)
      this.#count('personalAdded', this.#personal.addTo(ordinal, settled.imageId, record));
    return settled;
  }

  #writeImage(prepared: Prepared, decision: Decision): Settled | null {
    const { record, ordinal, localPath } = prepared;
    const placed = localPath !== null;
    switch (decision.outcome) {
      case 'failed':
        return null;
      case 'banned':
      case 'metadata-only':
        return { ...NOWHERE, outcome: decision.outcome, unused: placed };
      case 'added':
        if (localPath === null) return null;
        return this.#add('added', ordinal, record, localPath);
      case 'present':
        this.#fill(ordinal, record, decision.row, record.file !== undefined);
        return {
          outcome: 'present',
          imageId: decision.row.id,
          localPath: decision.row.local_path,
          unused: placed,
          message: null,
        };
      case 'restored':
        if (localPath === null) return null;
        return this.#replace('restored', ordinal, record, decision.row, localPath);
      case 'conflict':
        return this.#conflict(prepared, decision.row);
    }
  }

  #conflict(prepared: Prepared, row: LocalImage): Settled | null {
    const { record, ordinal, localPath } = prepared;
    const action = conflictAction(this.#options.onConflict, record, row, this.#context);
    if (action !== 'keep' && localPath === null) return null;
    if (action === 'take') return this.#replace('conflict', ordinal, record, row, localPath!);
    if (action === 'add') return this.#add('conflict', ordinal, record, localPath!);
    this.#fill(ordinal, record, row, false);
    this.#count('conflictsKept', 1);
    return { ...NOWHERE, outcome: 'conflict', imageId: row.id, unused: localPath !== null };
  }

  #add(outcome: Outcome, ordinal: number, record: ImageRecord, localPath: string): Settled {
    const row = this.#rows.insertImage(ordinal, newImageValues(record, localPath));
    this.#rows.link(ordinal, row.id, recordLinks(record), 'new');
    this.#changed.push(row);
    return { outcome, imageId: row.id, localPath, unused: false, message: null };
  }

  #replace(
    outcome: Outcome,
    ordinal: number,
    record: ImageRecord,
    row: LocalImage,
    localPath: string,
  ): Settled {
    this.#rows.setImage(ordinal, row.id, { local_path: localPath, sha256_hash: record.file!.digest });
    if (row.local_path) this.#context.index.leave(row.local_path);
    this.#fill(ordinal, record, row, true);
    this.#note(row.id);
    return { outcome, imageId: row.id, localPath, unused: false, message: null };
  }

  #fill(ordinal: number, record: ImageRecord, row: LocalImage, fileAgrees: boolean): void {
    if (this.#options.metadata === 'keep') return;
    const filled = this.#rows.fillImage(ordinal, row.id, fillValues(record, fileAgrees));
    this.#count('columnsFilled', filled);
    this.#count('linksAdded', this.#rows.link(ordinal, row.id, recordLinks(record)));
    if (filled > 0) this.#note(row.id);
  }

  #note(id: number): void {
    const row = this.#context.index.row(id);
    if (row !== null) this.#changed.push(row);
  }

  #count(what: keyof Added, more: number): void {
    if (more > 0) this.added = { ...this.added, [what]: this.added[what] + more };
  }
}
