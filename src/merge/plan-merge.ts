import type Database from 'better-sqlite3';
import { identityKey } from '../archive/identity.ts';
import { MergeRows } from '../archive/merge-rows.ts';
import type { Archive } from '../archive/open.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { type Decision, decide, recordDigest, recordIdentity } from './decide.ts';
import { isLarger, type MergeContext, mergeContext, needsFile } from './merge-context.ts';
import { type ConflictPolicy, type Outcome, OutcomeCounter, type OutcomeTally } from './outcomes.ts';
import { PersonalRows } from './personal-rows.ts';
import { fillValues, recordLinks } from './record-rows.ts';

export interface PlanOptions {
  readonly checkLocal: boolean;
  /** Fill NULL columns and unite links of images that are here. */
  readonly fill: boolean;
  readonly onConflict: ConflictPolicy;
  /** Notes and marks that the records carry are wanted, too. */
  readonly personal?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What one record would do. */
export interface PlannedRecord {
  readonly outcome: Outcome;
  readonly needsFile: boolean;
  /** Columns and links that would be added to an image that is here. */
  readonly changes: number;
}

/** Decides without writing: what applying would find, record by record. */
export interface MergePlan {
  /** `null` is a record that was refused. */
  add(record: ImageRecord | null): Promise<PlannedRecord>;
  counts(): OutcomeTally;
  /** Bytes of files that would be written. */
  bytesNeeded(): number;
  largerAvailable(): number;
}

export function planMerge(archive: Archive, options: PlanOptions, context: MergeContext = mergeContext(archive)): MergePlan {
  const counter = new OutcomeCounter();
  const earlier = new EarlierRecords(archive);
  const rows = new MergeRows(archive.db, archive.shape, null);
  const personal = options.personal ? new PersonalRows(archive.db, archive.shape, null) : null;
  let bytes = 0;
  let larger = 0;
  return {
    add: async (record) => {
      const planned = record === null ? refused : await planRecord(record);
      counter.add(planned.outcome);
      if (planned.needsFile) bytes += record?.file?.size ?? 0;
      return planned;
    },
    counts: () => counter.tally(),
    bytesNeeded: () => bytes,
    largerAvailable: () => larger,
  };

  async function planRecord(record: ImageRecord): Promise<PlannedRecord> {
    const { root } = archive;
    const decision = await decide(record, context.index, context.banned, { root, checkLocal: options.checkLocal, signal: options.signal });
    if (decision.outcome === 'added' || decision.outcome === 'restored') {
      const twin = earlier.twin(record);
      if (twin !== null) return { outcome: twin, needsFile: twin === 'conflict' && options.onConflict !== 'keep-local', changes: 0 };
    }
    if (decision.outcome === 'conflict' && isLarger(record, decision.row)) larger += 1;
    const changes = (options.fill ? changesOf(record, decision) : 0) + ('row' in decision ? (personal?.addTo(0, decision.row.id, record) ?? 0) : 0);
    return { outcome: decision.outcome, needsFile: needsFile(decision, record, options.onConflict, context), changes };
  }

  function changesOf(record: ImageRecord, decision: Decision): number {
    if (!('row' in decision)) return 0;
    const values = fillValues(record, decision.outcome === 'present');
    return rows.fillImage(0, decision.row.id, values) + rows.link(0, decision.row.id, recordLinks(record));
  }
}

const refused: PlannedRecord = { outcome: 'failed', needsFile: false, changes: 0 };

/** Images that earlier records of the same bundle would add: a later record of one finds it there. */
class EarlierRecords {
  readonly #insert: Database.Statement;
  readonly #digest: Database.Statement<[string], string>;

  constructor(archive: Archive) {
    const { scratch } = archive;
    scratch.exec(`CREATE TABLE IF NOT EXISTS planned_images (image TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
                  DELETE FROM planned_images`);
    this.#insert = scratch.prepare('INSERT OR IGNORE INTO planned_images VALUES (?, ?)');
    this.#digest = scratch.prepare<[string], string>('SELECT digest FROM planned_images WHERE image = ?').pluck();
  }

  /** Null for the first record of an image, which is noted. */
  twin(record: ImageRecord): 'present' | 'conflict' | null {
    const key = identityKey(recordIdentity(record), recordDigest(record));
    if (key === null) return null;
    const image = `${key.kind} ${key.value}`;
    const digest = record.file?.digest ?? '';
    if (this.#insert.run(image, digest).changes > 0) return null;
    return this.#digest.get(image) === digest ? 'present' : 'conflict';
  }
}
