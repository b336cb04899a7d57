import { join } from 'node:path';
import { type Destination, type Destinations, UnsafeDestination } from '../archive/destination.ts';
import { keyNumber, sharedNumbers } from '../archive/identity.ts';
import type { LocalImage } from '../archive/local-index.ts';
import type { WaitOptions } from '../archive/transaction.ts';
import { type Decision, decide, matchingRows, type RecordKeys, recordKeys } from '../merge/decide.ts';
import { type MergeContext, needsFile, yieldsToTwin } from '../merge/merge-context.ts';
import type { ConflictPolicy } from '../merge/outcomes.ts';
import type { ContentPool } from '../reading/content-pool.ts';
import type { Durability } from './durability.ts';
import type { Leftovers } from './leftovers.ts';
import type { ApplyOperation } from './operation.ts';
import type { SpooledRecord } from './record-spool.ts';
import { basisOf } from './settle-record.ts';
import type { StagedFile } from './staged-file.ts';

export interface WindowOptions {
  readonly context: MergeContext;
  readonly destinations: Destinations;
  readonly operation: ApplyOperation;
  readonly leftovers: Leftovers;
  readonly onConflict: ConflictPolicy;
  readonly checkLocal: boolean;
  readonly allowTypes: readonly string[];
  readonly pool: ContentPool;
  readonly durability: Durability;
  readonly wait: WaitOptions;
}

/** A record in the window, on its way from decision to commit. */
export interface Member {
  readonly spooled: SpooledRecord;
  readonly keys: RecordKeys;
  readonly decision: Decision;
  readonly basis: string;
  /** It is committed behind the others. */
  readonly yields: boolean;
  /** No other record of the window can be the same image. */
  isAlone: boolean;
  /** Null for a record that needs no file. */
  destination: Destination | null;
  pendingRow: number | null;
  staged: StagedFile | null;
  /** The file is in place: from now on it has a name. */
  placed: boolean;
  /** What became of it is committed. */
  settled: boolean;
  failure: string | null;
  /** An earlier record of this window that brings the same image with the same bytes. */
  readonly twinOf: Member | null;
}

/** The members whose file is to be written, by the number of their image: another record of it needs no second one. */
export type MembersByImage = Map<number, Member>;

/** Decides about a record as the archive is now, and chooses the place of its file. A promise only where files must be looked at. */
export function decideMember(
  spooled: SpooledRecord,
  images: MembersByImage,
  options: WindowOptions,
): Member | Promise<Member> {
  const { context, checkLocal } = options;
  const { record } = spooled;
  const keys = recordKeys(record);
  const rows = matchingRows(context.index, keys);
  const { signal } = options.wait;
  const decision = decide(record, rows, context, { root: context.archive.root, checkLocal, signal });
  const place = (decided: Decision) => memberOf(spooled, keys, rows, decided, images, options);
  return decision instanceof Promise ? decision.then(place) : place(decision);
}

function memberOf(
  spooled: SpooledRecord,
  keys: RecordKeys,
  rows: readonly LocalImage[],
  decision: Decision,
  images: MembersByImage,
  options: WindowOptions,
): Member {
  const { record } = spooled;
  const { context } = options;
  const takesFile = needsFile(decision, record, options.onConflict, context);
  const image = takesFile ? keys.keys[0]?.number : undefined;
  const earlier = image === undefined ? undefined : images.get(image);
  const member: Member = {
    spooled,
    keys,
    decision,
    basis: basisOf(rows),
    yields: yieldsToTwin(decision, record, options.onConflict, takesFile),
    isAlone: false,
    destination: null,
    pendingRow: null,
    staged: null,
    placed: false,
    settled: false,
    failure: decision.outcome === 'failed' ? decision.reason : null,
    twinOf: earlier !== undefined && earlier.spooled.digest === spooled.digest ? earlier : null,
  };
  if (!takesFile || member.twinOf !== null) return member;
  if (image !== undefined && earlier === undefined) images.set(image, member);
  if (!adopt(member, options)) choosePlace(member, options);
  return member;
}

/** Members by the numbers that two records of one image share: see {@link sharedNumbers}; a row is shared, too. */
export type Owners = ReadonlyMap<number, Member>;

/**
 * Notes which members share nothing with any other that could make them one image, nor a row that both are
 * about: neither among themselves nor with those of the windows before, which may not be settled yet.
 */
export function noteLoners(members: readonly Member[], before: readonly Owners[]): Owners {
  const owners = new Map<number, Member>();
  for (const member of members) {
    member.isAlone = true;
    const { keys, digest } = member.keys;
    const shared = sharedNumbers(keys, digest);
    if ('row' in member.decision) shared.push(keyNumber('name', String(member.decision.row.id)));
    for (const key of shared) {
      if (before.some((others) => others.has(key))) member.isAlone = false;
      const other = owners.get(key);
      if (other === undefined) owners.set(key, member);
      else {
        other.isAlone = false;
        member.isAlone = false;
      }
    }
  }
  return owners;
}

/** Takes a whole file that an interrupted run had put in place. */
function adopt(member: Member, { leftovers, context }: WindowOptions): boolean {
  const { record, digest } = member.spooled;
  const adopted = leftovers.adopt(digest!, record.image.author ?? null, record.file!.name);
  if (adopted === null) return false;
  const parts = adopted.localPath.split('/');
  member.destination = {
    localPath: adopted.localPath,
    folder: join(context.archive.root, ...parts.slice(0, -1)),
    name: parts.at(-1)!,
  };
  member.pendingRow = adopted.row;
  member.placed = true;
  return true;
}

function choosePlace(member: Member, { destinations }: WindowOptions): void {
  const { record, digest } = member.spooled;
  try {
    member.destination = destinations.choose(record.image.author ?? null, record.file!.name, digest!);
  } catch (error) {
    if (!(error instanceof UnsafeDestination)) throw error;
    member.failure = error.message;
  }
}
