import { join } from 'node:path';
import { type Destination, type Destinations, UnsafeDestination } from '../archive/destination.ts';
import { identityKey, sharedKeys } from '../archive/identity.ts';
import type { WaitOptions } from '../archive/transaction.ts';
import { decide, recordDigest, recordIdentity } from '../merge/decide.ts';
import { type MergeContext, needsFile, yieldsToTwin } from '../merge/merge-context.ts';
import type { ConflictPolicy } from '../merge/outcomes.ts';
import type { ContentPool } from '../reading/content-pool.ts';
import type { Leftovers } from './leftovers.ts';
import type { ApplyOperation } from './operation.ts';
import type { SpooledRecord } from './record-spool.ts';
import { basisOf, type Prepared } from './settle-record.ts';
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
  readonly wait: WaitOptions;
}

/** A record in the window, on its way from decision to commit. */
export interface Member {
  readonly spooled: SpooledRecord;
  readonly decision: Prepared['decision'];
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

/** Decides about a record as the archive is now, and chooses the place of its file. */
export async function decideMember(
  spooled: SpooledRecord,
  images: Map<string, Member>,
  options: WindowOptions,
): Promise<Member> {
  const { context, checkLocal } = options;
  const { record } = spooled;
  const { signal } = options.wait;
  const rows = context.index.matches(recordIdentity(record), recordDigest(record));
  const decision = await decide(
    record,
    context.index,
    context.banned,
    { root: context.archive.root, checkLocal, signal },
    rows,
  );
  const takesFile = needsFile(decision, record, options.onConflict, context);
  const image = takesFile ? imageOf(spooled) : null;
  const earlier = image === null ? undefined : images.get(image);
  const member: Member = {
    spooled,
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
  if (image !== null && earlier === undefined) images.set(image, member);
  if (!adopt(member, options)) choosePlace(member, options);
  return member;
}

/** Notes which members share nothing with any other that could make them one image, nor a row that both are about. */
export function noteLoners(members: readonly Member[]): void {
  const owners = new Map<string, Member>();
  for (const member of members) {
    member.isAlone = true;
    const { record } = member.spooled;
    const rows = 'row' in member.decision ? [`row ${member.decision.row.id}`] : [];
    for (const key of [...sharedKeys(recordIdentity(record), recordDigest(record)), ...rows]) {
      const other = owners.get(key);
      if (other === undefined) owners.set(key, member);
      else {
        other.isAlone = false;
        member.isAlone = false;
      }
    }
  }
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

function imageOf({ record, digest }: SpooledRecord): string | null {
  const key = identityKey(recordIdentity(record), digest);
  return key === null ? null : `${key.kind} ${key.value}`;
}
