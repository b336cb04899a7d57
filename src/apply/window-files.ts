import type { Digest } from '../base/digest.ts';
import type { Destination } from '../archive/destination.ts';
import { CONTENT_DAMAGED } from '../archive/failure-words.ts';
import { immediately, syncLog } from '../archive/transaction.ts';
import { isJpegAs, judgeMedia, notAPicture, SNIFF_BYTES } from '../merge/media-type.ts';
import type { Payload } from '../reading/bundle-walk.ts';
import { type Submission, systemError } from '../reading/content-pool.ts';
import { DestinationTaken, makeFolder, StagedFile, syncFolders } from './staged-file.ts';
import type { Member, WindowOptions } from './window-member.ts';

let temporaries = 0;

/** The files of a window, on their way from the bundle to their places: written, proven, synced, and given their names. */
export class WindowFiles {
  readonly #options: WindowOptions;
  /** Folders with new names, to be made durable. */
  readonly #folders = new Set<string>();
  /** Members whose file was put in place by this run: adopted ones were there. */
  readonly #written = new Set<Member>();
  /** Of contents that threads have, and of those whose failure is being tidied up. */
  readonly #proofs = new Set<Promise<void>>();

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** This run has put the member's file in place. */
  hasWritten(member: Member): boolean {
    return this.#written.has(member);
  }

  /** Writes one content to every place that waits for it; nothing keeps it unless all of it is proven. A promise only where something has to be waited for. */
  stage(payload: Payload, waiting: readonly Member[]): Promise<void> | null {
    const { whole } = payload;
    if (whole === null) return this.#stagePieces(payload, waiting);
    return this.#stageAtOnce(payload, whole, waiting) ? null : this.#stageWhole(payload, whole, waiting);
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

  /** Makes the staged files of these members durable and gives them their names. */
  async place(members: readonly Member[]): Promise<void> {
    await this.#options.pool.send();
    await this.#proven();
    const staged = members.filter((member) => member.staged !== null);
    await this.#options.durability.sync(staged.map((member) => member.staged!.temporary));
    await syncLog(this.#options.context.archive.db); // the places are booked before anything has its name
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

  /** Gives up what is not in place yet. */
  async abandon(members: readonly Member[]): Promise<void> {
    await this.#options.pool.send(); // what was never sent would never be answered
    await Promise.allSettled(this.#proofs);
    await this.#discard(members).catch(() => {});
  }
}
