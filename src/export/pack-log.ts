import type { BundleWriter } from '../bundle/bundle-writer.ts';
import type { PartFile } from '../bundle/part-file.ts';
import type { PlanVolume } from './plan-volume.ts';
import type { Written } from './planned.ts';

/** The part file is made durable every so many bytes: what a resumed export reads again is less than twice this. */
const SYNC_BYTES = 64 * 1024 * 1024;

/** Steps count every so many bytes: to a large bundle nothing, and to a small one little work. */
const SAVE_BYTES = 4 * 1024 * 1024;

/**
 * Notes in the plan what the part file holds, so that a killed export goes on where it was, or a
 * little before; that the disk has a step counts only when a sync behind it has finished.
 */
export class PackLog {
  readonly #volume: PlanVolume;
  readonly #part: PartFile;
  #syncedAt: number;
  #savedAt: number | null = null;
  #pending: Promise<void> = Promise.resolve();

  constructor(volume: PlanVolume, part: PartFile, position: number) {
    this.#volume = volume;
    this.#part = part;
    this.#syncedAt = position;
  }

  /** Everything up to the file with this ordinal is written. */
  async note(ordinal: number, writer: BundleWriter): Promise<void> {
    const { state } = writer;
    this.#volume.progress.add(ordinal, state, writer.frameLengths);
    if (this.#savedAt === null || state.position - this.#savedAt >= SAVE_BYTES) {
      this.#savedAt = state.position;
      this.#volume.save();
    }
    if (state.position - this.#syncedAt >= SYNC_BYTES) await this.#sync(state.position);
  }

  /** While the disk is at it, packing goes on; but no two syncs ahead. */
  async #sync(position: number): Promise<void> {
    await this.#pending;
    this.#syncedAt = position;
    this.#pending = this.#part.sync().then(() => {
      this.#volume.synced = position;
    });
    this.#pending.catch(() => {}); // told to whoever waits for it
  }

  /**
   * The bundle is written to its last byte, and about to get its name.
   *
   * @throws what the last sync failed with
   */
  async settle(written: Written): Promise<void> {
    await this.#pending;
    this.#volume.written = written;
    this.#volume.save();
  }
}
