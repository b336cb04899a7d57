import { rm } from 'node:fs/promises';
import type { Digest } from '../base/digest.ts';
import { breathe, needsToBreathe } from '../base/breathe.ts';
import { CONTENT_DAMAGED } from '../archive/failure-words.ts';
import { photoPath } from '../archive/photo-path.ts';
import { dataVersion, immediately } from '../archive/transaction.ts';
import type { ImageRecord } from '../manifest/types.ts';
import { isJpegAs, judgeMedia, notAPicture, SNIFF_BYTES } from '../merge/media-type.ts';
import type { Destination } from '../archive/destination.ts';
import type { Payload } from '../reading/bundle-walk.ts';
import { type Submission, systemError } from '../reading/content-pool.ts';
import type { SpooledRecord } from './record-spool.ts';
import type { Prepared } from './settle-record.ts';
import { DestinationTaken, makeFolder, StagedFile, syncFolders } from './staged-file.ts';
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
  /** Folders with new names, to be made durable. */
  readonly #folders = new Set<string>();
  /** Members whose file was put in place by this run: adopted ones were there. */
  readonly #written = new Set<Member>();
  /** Of contents that threads have, and of those whose failure is being tidied up. */
  readonly #proofs = new Set<Promise<void>>();
  /** Of the database, when the records were decided. */
  readonly version: number;
  /** Members by the numbers that two records of one image share. */
  readonly owners: Owners;

  private constructor(options: WindowOptions, members: Member[], owners: Owners, version: number) {
    this.#options = options;
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

  /** Decides, chooses places and books them. What `before` brings may not be in the database yet. */
  static async open(
    records: readonly SpooledRecord[],
    options: WindowOptions,
    before: Window | null,
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
    const owners = noteLoners(members, before?.owners ?? null);
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
      wait,
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
   * Writes one content to every place that waits for it; nothing keeps it unless all of it is proven. Answers
   * with the bytes to write, by a promise only where something has to be waited for.
   */
  stage(payload: Payload): number | Promise<number> {
    const named = this.#byDigest.get(payload.digest) ?? [];
    const waiting = named.filter(
      (member) => member.destination !== null && !member.placed && member.failure === null,
    );
    const bytes = payload.size * waiting.length;
    if (waiting.length === 0) return 0;
    const { whole } = payload;
    if (whole === null) return this.#stagePieces(payload, waiting).then(() => bytes);
    if (this.#stageAtOnce(payload, whole, waiting)) return bytes;
    return this.#stageWhole(payload, whole, waiting).then(() => bytes);
  }

  /** The content is here in one piece: threads write it while the next is read. False where something has to be done or waited for before. */
  #stageAtOnce(payload: Payload, content: Buffer, waiting: readonly Member[]): boolean {
    const { pool } = this.#options;
    const isReady = ({ folder, name }: Destination) => this.#folders.has(folder) && isJpegAs(content, name);
    if (!pool.takesNow(content) || !waiting.every(({ destination }) => isReady(destination!))) return false;
    for (const member of waiting) this.#giveTemporary(member);
    this.#proofs.add(pool.submitNow(content, this.#submission(payload, waiting)).done);
    return true;
  }

  async #stageWhole(payload: Payload, content: Buffer, waiting: readonly Member[]): Promise<void> {
    await this.#judge(waiting, content.subarray(0, SNIFF_BYTES));
    const allowed = waiting.filter((member) => member.failure === null);
    for (const member of allowed) await this.#begin(member);
    const submitted = await this.#options.pool.submit(content, this.#submission(payload, allowed));
    this.#proofs.add(submitted.done);
  }

  #submission(payload: Payload, members: readonly Member[]): Submission {
    const { digest, found } = payload;
    const targets = members.map(({ staged, spooled }) => ({
      path: staged!.temporary,
      mtime: spooled.record.file!.mtime,
    }));
    const conclude = payload.takeOver();
    const tell = (proven: Digest) => {
      if (!conclude(proven)) this.#proofs.add(this.#fail(members, CONTENT_DAMAGED));
    };
    return { digest, found, targets, tell };
  }

  /** A content longer than a frame is written as it comes, and kept only when it is proven at its end. */
  async #stagePieces(payload: Payload, waiting: readonly Member[]): Promise<void> {
    const head: Buffer[] = [];
    let sniffed = 0;
    try {
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
      else await this.#fail(waiting, CONTENT_DAMAGED);
    } catch (error) {
      await this.#discard(waiting); // half a file: closing the window must not put it in place
      throw error;
    }
  }

  async #begin(member: Member): Promise<void> {
    await this.#makeFolder(member.destination!.folder);
    this.#giveTemporary(member);
  }

  #giveTemporary(member: Member): void {
    temporaries += 1;
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
      if (!verdict.allowed) await this.#fail([member], notAPicture(verdict));
      else if (verdict.extension !== null) await this.#rename(member, verdict.extension);
    }
  }

  /** The name is taken, or its extension says something else than the bytes: browsers go by it. */
  async #rename(member: Member, extension: string | null): Promise<void> {
    const { destinations, operation, context, wait } = this.#options;
    const destination = destinations.rename(member.destination!, member.spooled.digest!, extension);
    await immediately(
      context.archive.db,
      () => operation.changePending(member.pendingRow!, destination.localPath),
      wait,
    );
    member.destination = destination;
    member.staged = member.staged?.moveTo(destination) ?? null;
  }

  async #fail(members: readonly Member[], reason: string): Promise<void> {
    await this.#discard(members);
    for (const member of members) member.failure = reason;
  }

  async #discard(members: readonly Member[]): Promise<void> {
    for (const member of members) {
      await member.staged?.discard();
      member.staged = null;
    }
  }

  /** Makes all staged files durable and gives them their names. */
  async place(): Promise<void> {
    await this.#options.pool.send();
    await this.#proven();
    const staged = this.#members.filter((member) => member.staged !== null);
    await this.#options.durability.sync(staged.map((member) => member.staged!.temporary));
    await this.#move(staged);
    await syncFolders(this.#folders);
  }

  /** Resolves when all proofs are in, those of what failed, too. */
  async #proven(): Promise<void> {
    for (let known = -1; known < this.#proofs.size; ) {
      known = this.#proofs.size;
      await Promise.all(this.#proofs);
    }
  }

  /** Threads give most files their names; what is left over is looked at one by one. */
  async #move(staged: readonly Member[]): Promise<void> {
    const answers = await this.#options.pool.move(staged.map((member) => member.staged!.move));
    answers.forEach((answer, at) => {
      if (answer === 'done') this.#notePlaced(staged[at]!);
    });
    for (const [at, answer] of answers.entries()) {
      if (typeof answer === 'object') throw systemError(answer);
      if (answer !== 'done') await this.#placeMember(staged[at]!);
    }
  }

  #notePlaced(member: Member): void {
    member.staged = null;
    member.placed = true;
    this.#written.add(member);
  }

  async #placeMember(member: Member): Promise<void> {
    for (;;) {
      try {
        await member.staged!.place();
        this.#notePlaced(member);
        return;
      } catch (error) {
        if (!(error instanceof DestinationTaken)) throw error;
        await this.#rename(member, null);
      }
    }
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
      else if (this.#written.has(member)) bytes += spooled.record.file!.size;
      destinations.settle(destination);
    }
    destinations.lookAgain();
    return bytes;
  }

  /** Gives up what is not in place yet. */
  async abandon(): Promise<void> {
    await this.#options.pool.send(); // what was never sent would never be answered
    await Promise.allSettled(this.#proofs);
    await this.#discard(this.#members).catch(() => {});
  }
}
