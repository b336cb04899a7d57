import { Destinations, UnsafeDestination } from '../archive/destination.ts';
import { keyNumber } from '../archive/identity.ts';
import { KeyIndex } from '../archive/key-index.ts';
import type { LocalImage } from '../archive/local-index.ts';
import { MergeRows } from '../archive/merge-rows.ts';
import type { Archive } from '../archive/open.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { type Decision, decide, matchingRows, type RecordKeys, recordKeys } from './decide.ts';
import { claimRow, isLarger, type MergeContext, needsFile, yieldsToTwin } from './merge-context.ts';
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
  /** Only tell: folders are looked at as they are when files are placed. */
  readonly checkPlaces?: boolean;
  /** Records to come, as far as anybody knows. */
  readonly expected?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What one record would do. */
export interface PlannedRecord {
  readonly outcome: Outcome;
  readonly needsFile: boolean;
  /** It takes its turn with the records that bring this content, behind them. */
  readonly yields: boolean;
  /** What it says is true only if the record's file comes whole: it takes it, or an earlier record of the image does. */
  readonly restsOnFile: boolean;
  /** Why it fails. */
  readonly reason: string | null;
  /** Columns and links that would be added to an image that is here. */
  readonly changes: number;
}

/** Decides without writing: what applying would find, record by record. */
export interface MergePlan {
  /** `null` is a record that was refused. */
  add(record: ImageRecord | null): PlannedRecord | Promise<PlannedRecord>;
  counts(): OutcomeTally;
  /** Bytes of files that would be written. */
  bytesNeeded(): number;
  /** Of the largest of them, and what it is called. */
  largestFile(): { readonly name: string; readonly size: number };
  largerAvailable(): number;
  /** What would be added to images that are here. */
  additions(): Additions;
}

/** NULL columns that would be filled, links that would be made, and notes and marks that would be added. */
export interface Additions {
  readonly columns: number;
  readonly links: number;
  readonly personal: number;
}

export function planMerge(context: MergeContext, options: PlanOptions): MergePlan {
  const counter = new OutcomeCounter();
  const planner = new RecordPlanner(context, options);
  let bytes = 0;
  let largest = { name: '', size: 0 };
  const counted = (record: ImageRecord | null, planned: PlannedRecord) => {
    counter.add(planned.outcome);
    const file = planned.needsFile ? record?.file : undefined;
    bytes += file?.size ?? 0;
    if (file !== undefined && file.size > largest.size) largest = { name: file.name, size: file.size };
    return planned;
  };
  return {
    add: (record) => {
      const planned = record === null ? refused : planner.plan(record);
      return planned instanceof Promise
        ? planned.then((waited) => counted(record, waited))
        : counted(record, planned);
    },
    counts: () => counter.tally(),
    bytesNeeded: () => bytes,
    largestFile: () => largest,
    largerAvailable: () => planner.largerAvailable,
    additions: () => ({ ...planner.additions }),
  };
}

const refused: PlannedRecord = {
  outcome: 'failed',
  needsFile: false,
  yields: false,
  restsOnFile: false,
  reason: 'the record is not valid',
  changes: 0,
};

/** What each record would do, told one after the other. */
class RecordPlanner {
  /** Conflicts so far in which the record's picture is the larger one. */
  largerAvailable = 0;
  readonly additions = { columns: 0, links: 0, personal: 0 };
  readonly #context: MergeContext;
  readonly #options: PlanOptions;
  readonly #earlier: EarlierRecords;
  readonly #rows: MergeRows;
  readonly #personal: PersonalRows | null;
  readonly #places: Destinations | null;

  constructor(context: MergeContext, options: PlanOptions) {
    const { db, shape } = context.archive;
    this.#context = context;
    this.#options = options;
    this.#earlier = new EarlierRecords(context.archive, options.expected ?? 0);
    this.#rows = new MergeRows(db, shape, null);
    this.#personal = options.personal ? new PersonalRows(db, shape, null) : null;
    this.#places = options.checkPlaces ? new Destinations(context.archive.root, () => false) : null;
  }

  /** A promise only where files must be looked at. */
  plan(record: ImageRecord): PlannedRecord | Promise<PlannedRecord> {
    const { index, archive } = this.#context;
    const { checkLocal, signal } = this.#options;
    const keys = recordKeys(record);
    const options = { root: archive.root, checkLocal, signal };
    const decision = decide(record, matchingRows(index, keys), this.#context, options);
    return decision instanceof Promise
      ? decision.then((waited) => this.#planned(record, keys, waited))
      : this.#planned(record, keys, decision);
  }

  #planned(record: ImageRecord, keys: RecordKeys, decision: Decision): PlannedRecord {
    const { onConflict } = this.#options;
    const { outcome } = decision;
    if (outcome === 'added' || outcome === 'restored') {
      const twin = this.#earlier.twin(record, keys, 'row' in decision ? decision.row : null);
      const replaces = twin === 'conflict' && (onConflict === 'larger' || onConflict === 'keep-both');
      const restsOnFile = replaces || twin === 'present';
      if (twin !== null)
        return { outcome: twin, needsFile: replaces, yields: false, restsOnFile, reason: null, changes: 0 };
    }
    if (outcome === 'conflict' && isLarger(record, decision.row, this.#context)) this.largerAvailable += 1;
    const file = needsFile(decision, record, onConflict, this.#context);
    const unsafe = file ? this.#unsafePlace(record) : null;
    if (unsafe !== null) return { ...refused, reason: unsafe };
    if ('row' in decision) claimRow(onConflict, decision.row.id, record, this.#context);
    const reason = outcome === 'failed' ? decision.reason : null;
    const changes = this.#changes(record, decision);
    const yields = yieldsToTwin(decision, record, onConflict, file);
    return { outcome, needsFile: file, yields, restsOnFile: file, reason, changes };
  }

  /** Why the file may not lie where it would. */
  #unsafePlace({ image }: ImageRecord): string | null {
    try {
      this.#places?.check(image.author ?? null);
      return null;
    } catch (error) {
      if (!(error instanceof UnsafeDestination)) throw error;
      return error.message;
    }
  }

  #changes(record: ImageRecord, decision: Decision): number {
    if (!('row' in decision)) return 0;
    const { id } = decision.row;
    const personal = this.#personal?.addTo(0, id, record) ?? 0;
    this.additions.personal += personal;
    if (!this.#options.fill) return personal;
    const columns = this.#rows.fillImage(0, id, fillValues(record, decision.outcome === 'present'));
    const links = this.#rows.link(0, id, recordLinks(record));
    this.additions.columns += columns;
    this.additions.links += links;
    return personal + columns + links;
  }
}

/**
 * Images that earlier records of the same bundle would add or restore: a later record of one finds it
 * there. Told by numbers: should two images share one, applying finds out that the second needs its
 * file after all.
 */
class EarlierRecords {
  /** The content that an image gets first, both as numbers. */
  readonly #contents: KeyIndex;

  constructor(archive: Archive, expected: number) {
    this.#contents = new KeyIndex(archive.scratch, 'planned_images', expected);
  }

  /** Null for the first record of an image, or of the row that it restores, which is noted. */
  twin(record: ImageRecord, { keys }: RecordKeys, row: LocalImage | null): 'present' | 'conflict' | null {
    const image = row === null ? keys[0]?.number : keyNumber('name', String(row.id));
    if (image === undefined) return null;
    const content = keyNumber('digest', record.file?.digest ?? '');
    const [first] = this.#contents.find(image);
    if (first !== undefined) return first === content ? 'present' : 'conflict';
    this.#contents.add(image, content);
    return null;
  }
}
