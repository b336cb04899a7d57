import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { patientRename, syncFolder } from '../base/put-in-place.ts';
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

  /** Opens `path.part`, keeping the first `keep` bytes of one that is there; else it is made anew. */
  static async open(path: string, keep = 0): Promise<PartFile> {
    if (keep === 0) await rm(path + PART_SUFFIX, { force: true }); // it may be a link to anywhere
    const handle = await open(path + PART_SUFFIX, keep > 0 ? 'r+' : 'wx');
    await handle.truncate(keep);
    return new PartFile(path, handle, keep);
  }

  /** Has a file written from the first byte to the last; nothing of it stays behind where that fails. */
  static async whole<Result>(path: string, write: (sink: ByteSink) => Promise<Result>): Promise<Result> {
    const file = await PartFile.open(path);
    try {
      const result = await write(file);
      await file.finish();
      return result;
    } catch (error) {
      await file.abandon();
      await rm(path + PART_SUFFIX, { force: true });
      throw error;
    }
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
    await patientRename(this.path + PART_SUFFIX, this.path);
    await syncFolder(dirname(this.path));
  }

  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => {});
  }
}
