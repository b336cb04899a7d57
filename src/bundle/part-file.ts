import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ByteSink } from './byte-sink.ts';

/** A bundle that is not whole yet has this behind its name. */
export const PART_SUFFIX = '.part';

/**
 * A file that bears its name only when it is whole and durable: written as `NAME.part`, synced,
 * renamed, and the folder synced.
 */
export class PartFile implements ByteSink {
  readonly path: string;
  readonly #handle: FileHandle;
  #position: number;

  private constructor(path: string, handle: FileHandle, position: number) {
    this.path = path;
    this.#handle = handle;
    this.#position = position;
  }

  /** Opens `path.part`, keeping the first `keep` bytes of one that is there. */
  static async open(path: string, keep = 0): Promise<PartFile> {
    const handle = await open(path + PART_SUFFIX, keep > 0 ? 'r+' : 'w');
    await handle.truncate(keep);
    return new PartFile(path, handle, keep);
  }

  async write(bytes: Buffer): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#position);
      done += bytesWritten;
      this.#position += bytesWritten;
    }
  }

  async truncate(length: number): Promise<boolean> {
    await this.#handle.truncate(length);
    this.#position = length;
    return true;
  }

  /** Makes what was written so far durable, under the name that it has until it is whole. */
  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  async finish(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
    await rename(this.path + PART_SUFFIX, this.path);
    await syncFolder(dirname(this.path));
  }

  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => {});
  }
}

/** Makes names in a folder durable; systems that cannot open a folder (Windows) do it themselves. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
