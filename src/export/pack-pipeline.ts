import { startThreads, type Threads } from '../base/threads.ts';
import type { Coding } from '../bundle/frame-encoder.ts';
import type { FileJob } from './pack-frame.ts';
import packGroup, { type GroupJob, groupMemory, type PackedGroup } from './pack-group.ts';

/** Frames of up to this size share memory that is used again. */
const USUAL_BYTES = 1280 * 1024;

/** Memory of all frames that are on their way. */
const BYTES_IN_FLIGHT = 48 * 1024 * 1024;

/** A frame that is ready to be appended; `done` gives its memory back. */
export interface ReadyGroup extends PackedGroup {
  readonly frame: Buffer;
  done(): void;
}

/** Packs frames in worker threads; whoever asks gets them back in the order in which they were given. */
export class PackPipeline {
  readonly #threads: Threads<GroupJob, PackedGroup>;
  readonly #spare: SharedArrayBuffer[] = [];
  #bytes = 0;
  #groups = 0;

  private constructor(threads: Threads<GroupJob, PackedGroup>) {
    this.#threads = threads;
  }

  static async start(threads?: number): Promise<PackPipeline> {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    return new PackPipeline(
      await startThreads(new URL(`./pack-group.${extension}`, import.meta.url), packGroup, threads),
    );
  }

  /** True when there is room for another group: enough for every thread, but no more than fits in memory. */
  get hasRoom(): boolean {
    return this.#groups === 0 || (this.#groups < this.#threads.count * 3 && this.#bytes < BYTES_IN_FLIGHT);
  }

  async pack(files: readonly FileJob[], mtime: number, coding: Coding): Promise<ReadyGroup> {
    const needed = groupMemory(files);
    const memory =
      needed > USUAL_BYTES
        ? new SharedArrayBuffer(needed)
        : (this.#spare.pop() ?? new SharedArrayBuffer(USUAL_BYTES));
    this.#groups += 1;
    this.#bytes += memory.byteLength;
    const done = () => {
      this.#groups -= 1;
      this.#bytes -= memory.byteLength;
      if (memory.byteLength === USUAL_BYTES) this.#spare.push(memory);
    };
    const packed = await this.#threads.run({ files, mtime, coding, frame: memory });
    return { ...packed, frame: Buffer.from(memory, 0, packed.frameBytes), done };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}
