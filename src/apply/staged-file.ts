import { type FileHandle, link, mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { syncFolder } from '../bundle/part-file.ts';
import type { Destination } from '../archive/destination.ts';

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
  readonly #handle: FileHandle;

  private constructor(destination: Destination, temporary: string, handle: FileHandle) {
    this.destination = destination;
    this.#temporary = temporary;
    this.#handle = handle;
  }

  /** Makes the folder where it is missing; `made` is told each folder that is new. */
  static async create(destination: Destination, operation: string, number: number, made: (folder: string) => void): Promise<StagedFile> {
    const first = await mkdir(destination.folder, { recursive: true });
    if (first !== undefined) {
      for (let folder = destination.folder; folder.length >= first.length; folder = dirname(folder)) made(folder);
      made(dirname(first));
    }
    const temporary = join(destination.folder, `.indabundle-${operation.slice(0, 8)}-${number}.tmp`);
    await rm(temporary, { force: true });
    return new StagedFile(destination, temporary, await open(temporary, 'wx', 0o644));
  }

  async write(piece: Buffer): Promise<void> {
    let done = 0;
    while (done < piece.length) done += (await this.#handle.write(piece, done)).bytesWritten;
  }

  /** Makes the content durable; `mtime` in seconds since 1970. */
  async sync(mtime: number): Promise<void> {
    await this.#handle.utimes(mtime, mtime);
    await this.#handle.datasync();
    await this.#handle.close();
  }

  /** @throws DestinationTaken */
  async place(): Promise<void> {
    const target = join(this.destination.folder, this.destination.name);
    try {
      await link(this.#temporary, target);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code === 'EEXIST') throw new DestinationTaken(target);
      if (!NO_LINKS.has(code)) throw error;
      await this.#placeWithoutLinks(target);
      return;
    }
    await unlink(this.#temporary);
  }

  /** The same file under another name, after the first was taken. */
  async moveTo(destination: Destination): Promise<StagedFile> {
    await mkdir(destination.folder, { recursive: true });
    return new StagedFile(destination, this.#temporary, this.#handle);
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
    await this.#handle.close().catch(() => {});
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

/** Makes new names durable. */
export async function syncFolders(folders: Iterable<string>): Promise<void> {
  for (const folder of new Set(folders)) await syncFolder(folder);
}
