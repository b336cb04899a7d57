import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { type Move, moveByLink, patientRename, syncFolder } from '../base/put-in-place.ts';
import type { Destination } from '../archive/destination.ts';

/** Something stood at the destination by the time the file was to be put there. */
export class DestinationTaken extends Error {
  constructor(path: string) {
    super(`${path} exists already`);
    this.name = 'DestinationTaken';
  }
}

/**
 * A file on its way: written under a temporary name in its folder, synced, and put in place
 * without replacing anything. Nothing has its name before all of it is on the disk.
 */
export class StagedFile {
  readonly destination: Destination;
  /** Where it is written until it is whole. */
  readonly temporary: string;
  #file: FileHandle | null = null;

  private constructor(destination: Destination, temporary: string) {
    this.destination = destination;
    this.temporary = temporary;
  }

  /** Nothing is created yet: short files are written elsewhere, in one go. */
  static at(destination: Destination, operation: string, number: number): StagedFile {
    return new StagedFile(
      destination,
      `${destination.folder}${sep}.indabundle-${operation.slice(0, 8)}-${number}.tmp`,
    );
  }

  /** Begins a file that is written piece by piece. */
  async open(): Promise<void> {
    await rm(this.temporary, { force: true });
    this.#file = await open(this.temporary, 'wx', 0o644);
  }

  async write(piece: Buffer): Promise<void> {
    let done = 0;
    while (done < piece.length) done += (await this.#file!.write(piece, done)).bytesWritten;
  }

  /** `mtime` in seconds since 1970. */
  async close(mtime: number): Promise<void> {
    const file = this.#file!;
    this.#file = null;
    await file.utimes(mtime, mtime);
    await file.close();
  }

  /** @throws DestinationTaken */
  async place(): Promise<void> {
    const { to } = this.move;
    const moved = moveByLink(this.move);
    if (moved === 'taken') throw new DestinationTaken(to);
    if (moved === 'no-links') await this.#placeWithoutLinks(to);
  }

  get move(): Move {
    const { folder, name } = this.destination;
    return { from: this.temporary, to: `${folder}${sep}${name}` };
  }

  /** The same file under another name of the same folder. */
  moveTo(destination: Destination): StagedFile {
    return new StagedFile(destination, this.temporary);
  }

  /** FAT and exFAT have no links: the name is created exclusively and renamed over. */
  async #placeWithoutLinks(target: string): Promise<void> {
    try {
      await (await open(target, 'wx', 0o644)).close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new DestinationTaken(target);
      throw error;
    }
    await patientRename(this.temporary, target);
  }

  async discard(): Promise<void> {
    await this.#file?.close().catch(() => {});
    this.#file = null;
    await rm(this.temporary, { force: true });
  }
}

/**
 * Makes a folder with its parents; answers those whose names are new and must be made durable.
 * Node's own recursive way tells of a full disk that there is no such folder.
 */
export async function makeFolder(folder: string): Promise<string[]> {
  try {
    return await makeOne(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(folder) === folder) throw error;
  }
  const above = await makeFolder(dirname(folder));
  return [...above, ...(await makeOne(folder))];
}

async function makeOne(folder: string): Promise<string[]> {
  try {
    await mkdir(folder);
    return [dirname(folder), folder];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return [];
    throw error;
  }
}

/** Makes new names durable. */
export async function syncFolders(folders: Iterable<string>): Promise<void> {
  for (const folder of new Set(folders)) await syncFolder(folder);
}
