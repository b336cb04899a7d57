import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Destinations, UnsafeDestination } from '../archive/destination.ts';
import type { Destination } from '../archive/destination.ts';
import { photoPath } from '../archive/photo-path.ts';
import { immediately, type WaitOptions } from '../archive/transaction.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { decide, recordDigest, recordIdentity } from '../merge/decide.ts';
import { type MergeContext, needsFile } from '../merge/merge-context.ts';
import type { ConflictPolicy } from '../merge/outcomes.ts';
import { identityKey } from '../archive/identity.ts';
import type { Payload } from '../reading/bundle-walk.ts';
import type { ContentPool } from '../reading/content-pool.ts';
import type { Leftovers } from './leftovers.ts';
import { judgeMedia, SNIFF_BYTES } from './media-type.ts';
import type { ApplyOperation } from './operation.ts';
import type { SpooledRecord } from './record-spool.ts';
import { basisOf, type Prepared } from './settle-record.ts';
import { syncFiles } from './durability.ts';
import { DestinationTaken, makeFolder, StagedFile, syncFolders } from './staged-file.ts';

/** A record in the window, on its way from decision to commit. */
interface Member {
  readonly spooled: SpooledRecord;
  readonly decision: Prepared['decision'];
  readonly basis: string;
  /** Null for a record that needs no file. */
  destination: Destination | null;
  pendingRow: number | null;
  staged: StagedFile | null;
  /** The file is in place: from now on it has a name. */
  placed: boolean;
  failure: string | null;
}

/** A record that cannot be applied, and why. */
export interface FailedMember {
  readonly ordinal: number;
  readonly record: ImageRecord;
  readonly reason: string;
  readonly pendingRow: number | null;
}

/** What there is to commit, and the records whose content has not come. */
export interface WindowOutcome {
  readonly ready: readonly Prepared[];
  readonly failed: readonly FailedMember[];
  readonly waiting: readonly { readonly ordinal: number; readonly pendingRow: number }[];
}

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

const DAMAGED = 'the file in the bundle is damaged';

let temporaries = 0;

/**
 * Records that are applied together: decided, their places booked as pending, their files written
 * and proven, then synced and put in place. What is in place and what failed is for the caller to
 * commit.
 */
export class Window {
  readonly #options: WindowOptions;
  readonly #members: readonly Member[];
  readonly #byDigest = new Map<string, Member[]>();
  readonly #folders = new Set<string>();
  readonly #proofs: Promise<void>[] = [];

  private constructor(options: WindowOptions, members: Member[]) {
    this.#options = options;
    this.#members = members;
    for (const member of members) {
      const { digest } = member.spooled;
      if (digest === null) continue;
      const others = this.#byDigest.get(digest);
      if (others) others.push(member);
      else this.#byDigest.set(digest, [member]);
    }
  }

  /** Decides, chooses places and books them. */
  static async open(records: readonly SpooledRecord[], options: WindowOptions): Promise<Window> {
    const members: Member[] = [];
    const images = new Map<string, string>();
    options.context.index.refresh();
    for (const spooled of records) members.push(await decideMember(spooled, images, options));
    const window = new Window(options, members);
    await window.#bookPlaces();
    return window;
  }

  async #bookPlaces(): Promise<void> {
    const { operation, context, wait } = this.#options;
    await immediately(context.archive.db, () => {
      for (const member of this.#members) {
        if (member.destination === null || member.pendingRow !== null) continue;
        member.pendingRow = operation.bookPending(member.destination.localPath, member.spooled.digest!);
      }
    }, wait);
  }

  has(digest: string): boolean {
    return this.#byDigest.has(digest);
  }

  /** Writes one content to every place that waits for it; nothing keeps it unless all of it is proven. */
  async stage(payload: Payload): Promise<void> {
    const named = this.#byDigest.get(payload.digest) ?? [];
    const waiting = named.filter((member) => member.destination !== null && !member.placed && member.failure === null);
    if (waiting.length === 0) return;
    if (payload.whole !== null) await this.#stageWhole(payload, payload.whole, waiting);
    else await this.#stagePieces(payload, waiting);
  }

  /** The content is here in one piece: threads hash and write it while the next is read. */
  async #stageWhole(payload: Payload, content: Buffer, waiting: readonly Member[]): Promise<void> {
    await this.#judge(waiting, content.subarray(0, SNIFF_BYTES));
    const allowed = waiting.filter((member) => member.failure === null);
    for (const member of allowed) await this.#begin(member);
    const targets = allowed.map((member) => ({ path: member.staged!.temporary, mtime: member.spooled.record.file!.mtime }));
    const conclude = payload.takeOver();
    const { answer } = await this.#options.pool.submit(content, payload.digest, targets);
    this.#proofs.push(answer.then((found) => (conclude(found) ? undefined : this.#fail(allowed, DAMAGED))));
    this.#proofs.at(-1)!.catch(() => {}); // looked at when the window is closed
  }

  /** A content longer than a frame is written as it comes, and kept only when it is proven at its end. */
  async #stagePieces(payload: Payload, waiting: readonly Member[]): Promise<void> {
    const head: Buffer[] = [];
    let sniffed = 0;
    for (const member of waiting) {
      await this.#begin(member);
      await member.staged!.open();
    }
    const proven = await payload.prove(async (piece) => {
      if (sniffed < SNIFF_BYTES) head.push(Buffer.from(piece.subarray(0, SNIFF_BYTES - sniffed)));
      sniffed += piece.length;
      for (const member of waiting) await member.staged!.write(piece);
    });
    for (const member of waiting) await member.staged!.close(member.spooled.record.file!.mtime);
    if (proven) await this.#judge(waiting, Buffer.concat(head));
    else await this.#fail(waiting, DAMAGED);
  }

  async #begin(member: Member): Promise<void> {
    temporaries += 1;
    await this.#makeFolder(member.destination!.folder);
    member.staged = StagedFile.at(member.destination!, this.#options.operation.operationId, temporaries);
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    for (const made of await makeFolder(folder)) this.#folders.add(made);
    this.#folders.add(folder);
  }

  async #judge(members: readonly Member[], head: Buffer): Promise<void> {
    for (const member of members) {
      const { name } = member.destination!;
      const verdict = await judgeMedia(head, name, this.#options.allowTypes);
      if (!verdict.allowed) await this.#fail([member], `not a picture (${verdict.type})`);
      else if (verdict.extension !== null) await this.#rename(member, verdict.extension);
    }
  }

  /** The name's extension says something else than the bytes: browsers go by it, so it is replaced. */
  async #rename(member: Member, extension: string | null): Promise<void> {
    const { destinations, operation, context, wait } = this.#options;
    const { record, digest } = member.spooled;
    const before = member.destination!;
    destinations.taken(before.localPath);
    const destination = destinations.choose(record.image.author ?? null, before.name, digest!, extension);
    await immediately(context.archive.db, () => operation.changePending(member.pendingRow!, destination.localPath), wait);
    member.destination = destination;
    await this.#makeFolder(destination.folder);
    if (member.staged) member.staged = member.staged.moveTo(destination);
  }

  async #fail(members: readonly Member[], reason: string): Promise<void> {
    for (const member of members) {
      await member.staged?.discard();
      member.staged = null;
      member.failure = reason;
    }
  }

  /** Makes all staged files durable and gives them their names. */
  async place(): Promise<void> {
    await this.#options.pool.flush();
    await Promise.all(this.#proofs);
    const staged = this.#members.filter((member) => member.staged !== null);
    await syncFiles(staged.map((member) => member.staged!.temporary), this.#options.context.archive.root);
    for (const member of staged) await this.#placeMember(member);
    await syncFolders(this.#folders);
  }

  async #placeMember(member: Member): Promise<void> {
    for (;;) {
      try {
        await member.staged!.place();
        member.staged = null;
        member.placed = true;
        return;
      } catch (error) {
        if (!(error instanceof DestinationTaken)) throw error;
        await this.#rename(member, null);
      }
    }
  }

  /** What the commit needs: every record whose fate is known. Others wait for their content. */
  outcome(): WindowOutcome {
    const ready: Prepared[] = [];
    const failed: FailedMember[] = [];
    const waiting: { ordinal: number; pendingRow: number }[] = [];
    for (const { spooled, decision, basis, destination, pendingRow, placed, failure } of this.#members) {
      const { ordinal, record } = spooled;
      if (failure !== null) failed.push({ ordinal, record, reason: failure, pendingRow });
      else if (destination === null || placed) {
        ready.push({ ordinal, record, decision, basis, localPath: placed ? destination!.localPath : null, pendingRow });
      } else waiting.push({ ordinal, pendingRow: pendingRow! });
    }
    return { ready, failed, waiting };
  }

  /** Removes a file that was put in place and turned out not to be needed. */
  async removeUnused(localPath: string): Promise<void> {
    await rm(photoPath(this.#options.context.archive.root, localPath), { force: true });
  }

  /** Gives up what is not in place yet. */
  async abandon(): Promise<void> {
    await Promise.allSettled(this.#proofs);
    for (const member of this.#members) {
      await member.staged?.discard().catch(() => {});
      member.staged = null;
    }
  }
}

async function decideMember(spooled: SpooledRecord, images: Map<string, string>, options: WindowOptions): Promise<Member> {
  const { context, checkLocal } = options;
  const { record, digest } = spooled;
  const { signal } = options.wait;
  const rows = context.index.matches(recordIdentity(record), recordDigest(record));
  const decision = await decide(record, context.index, context.banned, { root: context.archive.root, checkLocal, signal }, rows);
  const member: Member = {
    spooled, decision, basis: basisOf(rows), destination: null, pendingRow: null, staged: null, placed: false, failure: null,
  };
  if (decision.outcome === 'failed') member.failure = decision.reason;
  if (!needsFile(decision, record, options.onConflict, context) || isTwin(record, digest, images)) return member;
  const adopted = options.leftovers.adopt(digest!);
  if (adopted !== null) {
    const { root } = context.archive;
    const parts = adopted.localPath.split('/');
    member.destination = { localPath: adopted.localPath, folder: join(root, ...parts.slice(0, -1)), name: parts.at(-1)! };
    member.pendingRow = adopted.row;
    member.placed = true;
    return member;
  }
  try {
    member.destination = options.destinations.choose(record.image.author ?? null, record.file!.name, digest!, null);
  } catch (error) {
    if (!(error instanceof UnsafeDestination)) throw error;
    member.failure = error.message;
  }
  return member;
}

/** An earlier record of this window brings the same image with the same bytes. */
function isTwin(record: ImageRecord, digest: string | null, images: Map<string, string>): boolean {
  const key = identityKey(recordIdentity(record), digest);
  if (key === null) return false;
  const image = `${key.kind} ${key.value}`;
  const earlier = images.get(image);
  if (earlier === undefined) images.set(image, digest ?? '');
  return earlier === digest;
}
