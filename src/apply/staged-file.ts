import { closeSync, futimesSync, linkSync, openSync, rmSync, unlinkSync, write, writeSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { syncFolder } from '../bundle/part-file.ts';
import type { Destination } from '../archive/destination.ts';

const writeAsync = promisify(write);

/** What goes to the page cache in well under a millisecond. */
const SHORT_PIECE = 1024 * 1024;

/** Temporary files lie only in the folders of destination, and all have names like this. */
export const TEMPORARY_NAME = /^\.indabundle-[0-9a-f]{8}-\d+\.tmp$/;

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
  readonly #temporary: string;
  /** Open until the content is durable, then null. */
  #file: number | null;

  private constructor(destination: Destination, temporary: string, file: number | null) {
    this.destination = destination;
    this.#temporary = temporary;
    this.#file = file;
  }

  /** Opens the temporary file; the folder must be there. Synchronous: creating a file is that short. */
  static create(destination: Destination, operation: string, number: number): StagedFile {
    const temporary = join(destination.folder, `.indabundle-${operation.slice(0, 8)}-${number}.tmp`);
    return new StagedFile(destination, temporary, openExclusively(temporary));
  }

  /** Short pieces at once, long ones without keeping everything else waiting. */
  async write(piece: Buffer): Promise<void> {
    let done = 0;
    while (done < piece.length) {
      const length = piece.length - done;
      if (length <= SHORT_PIECE) done += writeSync(this.#file!, piece, done, length);
      else done += (await writeAsync(this.#file!, piece, done, length)).bytesWritten;
    }
  }

  /** Takes the open file out of here, to be synced and closed; `mtime` in seconds since 1970. */
  release(mtime: number): number {
    const file = this.#file!;
    futimesSync(file, mtime, mtime);
    this.#file = null;
    return file;
  }

  /** @throws DestinationTaken */
  async place(): Promise<void> {
    const target = join(this.destination.folder, this.destination.name);
    try {
      linkSync(this.#temporary, target);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code === 'EEXIST') throw new DestinationTaken(target);
      if (!NO_LINKS.has(code)) throw error;
      await this.#placeWithoutLinks(target);
      return;
    }
    unlinkSync(this.#temporary);
  }

  /** The same file under another name, after the first was taken. */
  async moveTo(destination: Destination): Promise<StagedFile> {
    await mkdir(destination.folder, { recursive: true });
    return new StagedFile(destination, this.#temporary, this.#file);
  }

  /** FAT and exFAT have no links: the name is created exclusively and renamed over. */
  async #placeWithoutLinks(target: string): Promise<void> {
    try {
      await (await open(target, 'wx', 0o644)).close();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new DestinationTaken(target);
      throw error;
    }
    await patiently(() => rename(this.#temporary, target));
  }

  async discard(): Promise<void> {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    await rm(this.#temporary, { force: true });
  }
}

/** What systems answer where a file system has no hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL', 'EISDIR', 'UNKNOWN']);

/** Virus scanners and indexers on Windows hold new files for a moment. */
async function patiently(rename: () => Promise<void>): Promise<void> {
  for (let pause = 20; ; pause *= 2) {
    try {
      await rename();
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (process.platform !== 'win32' || !/^(EPERM|EBUSY|EACCES)$/.test(code) || pause > 5000) throw error;
      await sleep(pause);
    }
  }
}

/** A temporary file of an earlier run with the same name goes: only its name was ever ours. */
function openExclusively(temporary: string): number {
  try {
    return openSync(temporary, 'wx', 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    rmSync(temporary, { force: true });
    return openSync(temporary, 'wx', 0o644);
  }
}

/** Makes a folder with its parents; answers those whose names are new and must be made durable. */
export async function makeFolder(folder: string): Promise<string[]> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return [];
  const made = [dirname(first)];
  for (let path = folder; path.length >= first.length; path = dirname(path)) made.push(path);
  return made;
}

/** Makes new names durable. */
export async function syncFolders(folders: Iterable<string>): Promise<void> {
  for (const folder of new Set(folders)) await syncFolder(folder);
}
