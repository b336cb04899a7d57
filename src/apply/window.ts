import { rm } from 'node:fs/promises';
import { breathe, needsToBreathe } from '../base/breathe.ts';
import { photoPath } from '../archive/photo-path.ts';
import { dataVersion, immediately } from '../archive/transaction.ts';
import type { ImageRecord } from '../manifest/types.ts';
import type { Payload } from '../reading/bundle-walk.ts';
import type { SpooledRecord } from './record-spool.ts';
import type { Prepared } from './settle-record.ts';
import { WindowFiles } from './window-files.ts';
import {
  decideMember,
  type Member,
  type MembersByImage,
  noteLoners,
  type Owners,
  type WindowOptions,
} from './window-member.ts';

export type { WindowOptions } from './window-member.ts';

/** A record that cannot be applied, and why. */
export interface FailedMember {
  readonly ordinal: number;
  /** Null for one that could not be read. */
  readonly record: ImageRecord | null;
  readonly reason: string;
  readonly pendingRow: number | null;
}

/** What there is to commit, and the records whose content has not come. */
export interface WindowOutcome {
  readonly ready: readonly Prepared[];
  readonly failed: readonly FailedMember[];
  readonly waiting: readonly { readonly ordinal: number; readonly pendingRow: number }[];
}

/**
 * Records that are applied together: decided, their places booked as pending, their files written
 * and proven, then synced and put in place. What is in place and what failed is for the caller to
 * commit.
 */
export class Window {
  readonly #options: WindowOptions;
  readonly #members: readonly Member[];
  readonly #byDigest = new Map<string, Member[]>();
  readonly #files: WindowFiles;
  /** Of the database, when the records were decided. */
  readonly version: number;
  /** Members by the numbers that two records of one image share. */
  readonly owners: Owners;

  private constructor(options: WindowOptions, members: Member[], owners: Owners, version: number) {
    this.#options = options;
    this.#files = new WindowFiles(options);
    this.version = version;
    this.owners = owners;
    this.#members = members;
    for (const member of members) {
      const { digest } = member.spooled;
      if (digest === null) continue;
      const others = this.#byDigest.get(digest);
      if (others) others.push(member);
      else this.#byDigest.set(digest, [member]);
    }
  }

  /** Decides, chooses places and books them. What those `before` bring may not be in the database yet. */
  static async open(
    records: readonly SpooledRecord[],
    options: WindowOptions,
    before: readonly Window[],
  ): Promise<Window> {
    const members: Member[] = [];
    const images: MembersByImage = new Map();
    const { archive, index } = options.context;
    const version = dataVersion(archive.db);
    index.refresh();
    for (const spooled of records) {
      if (needsToBreathe()) await breathe();
      const member = decideMember(spooled, images, options);
      members.push(member instanceof Promise ? await member : member);
    }
    const owners = noteLoners(
      members,
      before.map((window) => window.owners),
    );
    const window = new Window(options, members, owners, version);
    await window.#bookPlaces();
    return window;
  }

  async #bookPlaces(): Promise<void> {
    const { operation, context, wait } = this.#options;
    await immediately(
      context.archive.db,
      () => {
        for (const member of this.#members) {
          if (member.destination === null || member.pendingRow !== null) continue;
          member.pendingRow = operation.bookPending(member.destination.localPath, member.spooled.digest!);
        }
      },
      { ...wait, durable: 'later' },
    );
  }

  has(digest: string): boolean {
    return this.#byDigest.has(digest);
  }

  /** What the first record with this content calls it. */
  nameOf(digest: string): string {
    return this.#byDigest.get(digest)?.[0]?.spooled.record.file?.name ?? '';
  }

  /**
   * Writes one content to every place that waits for it. Answers with the bytes to write, by a promise only
   * where something has to be waited for.
   */
  stage(payload: Payload): number | Promise<number> {
    const named = this.#byDigest.get(payload.digest) ?? [];
    const waiting = named.filter(
      (member) => member.destination !== null && !member.placed && member.failure === null,
    );
    if (waiting.length === 0) return 0;
    const bytes = payload.size * waiting.length;
    const staged = this.#files.stage(payload, waiting);
    return staged === null ? bytes : staged.then(() => bytes);
  }

  /** Makes all staged files durable and gives them their names. */
  place(): Promise<void> {
    return this.#files.place(this.#members);
  }

  /** What is still to commit: every record whose fate is known. Others wait for their content. */
  outcome(): WindowOutcome {
    const ready: Prepared[] = [];
    const failed: FailedMember[] = [];
    const waiting: { ordinal: number; pendingRow: number }[] = [];
    const behind = (member: Member) => Number(member.yields);
    for (const member of this.#members.toSorted((a, b) => behind(a) - behind(b))) {
      if (member.settled) continue;
      const { spooled, decision, basis, isAlone, destination, pendingRow, placed } = member;
      const { ordinal, record } = spooled;
      const failure = member.failure ?? member.twinOf?.failure ?? null;
      if (failure !== null) failed.push({ ordinal, record, reason: failure, pendingRow });
      else if (destination === null || placed) {
        ready.push({
          ordinal,
          record,
          decision,
          basis,
          isAlone,
          localPath: placed ? destination!.localPath : null,
          pendingRow,
        });
      } else waiting.push({ ordinal, pendingRow: pendingRow! });
    }
    return { ready, failed, waiting };
  }

  /** These were committed. */
  settle(ordinals: ReadonlySet<number>): void {
    for (const member of this.#members) member.settled ||= ordinals.has(member.spooled.ordinal);
  }

  /**
   * After the commit: removes files that are in place and turned out not to be needed, and gives unused
   * places back. Returns the bytes of the files that were written and stay.
   */
  async leave(unused: ReadonlySet<string>): Promise<number> {
    const { context, destinations } = this.#options;
    let bytes = 0;
    for (const member of this.#members) {
      const { destination, placed, spooled } = member;
      if (destination === null) continue;
      const isUnused = unused.has(destination.localPath);
      if (isUnused) await rm(photoPath(context.archive.root, destination.localPath), { force: true });
      if (isUnused || !placed) destinations.release(destination);
      else if (this.#files.hasWritten(member)) bytes += spooled.record.file!.size;
      destinations.settle(destination);
    }
    destinations.lookAgain();
    return bytes;
  }

  /** Gives up what is not in place yet. */
  abandon(): Promise<void> {
    return this.#files.abandon(this.#members);
  }
}
