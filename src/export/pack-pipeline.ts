import { MemoryPool } from '../base/memory-pool.ts';
import { startThreads, type Threads } from '../base/threads.ts';
import type { Coding } from '../bundle/frame-encoder.ts';
import type { FileJob } from './pack-frame.ts';
import packGroup, { type GroupJob, groupMemory, type PackedGroup } from './pack-group.ts';

/** Memory of all frames that are on their way, unless one alone is larger. */
const BYTES_IN_FLIGHT = 8 * 1024 * 1024;

/** A frame that is ready to be appended; `done` gives its memory back. */
export interface ReadyGroup extends PackedGroup {
  readonly frame: Buffer;
  done(): void;
}

/** Packs frames in worker threads; whoever asks gets them back in the order in which they were given. */
export class PackPipeline {
  readonly #threads: Threads<GroupJob, PackedGroup>;
  readonly #memories = new MemoryPool();
  #bytes = 0;
  #groups = 0;

  private constructor(threads: Threads<GroupJob, PackedGroup>) {
    this.#threads = threads;
  }

  /** `bytes` of content to come, as far as anybody knows. */
  static start(threads: number | undefined, bytes: number): PackPipeline {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const module = new URL(`../export/pack-group.${extension}`, import.meta.url);
    return new PackPipeline(startThreads(module, packGroup, threads, bytes));
  }

  /** True when there is room for another group: enough for every thread, but no more than fits in memory. */
  get hasRoom(): boolean {
    return this.#groups === 0 || (this.#groups < this.#threads.count * 3 && this.#bytes < BYTES_IN_FLIGHT);
  }

  async pack(files: readonly FileJob[], mtime: number, coding: Coding): Promise<ReadyGroup> {
    const memory = this.#memories.take(groupMemory(files));
    this.#groups += 1;
    this.#bytes += memory.byteLength;
    const done = () => {
      this.#groups -= 1;
      this.#bytes -= memory.byteLength;
      this.#memories.give(memory);
    };
    const packed = await this.#threads.run({ files, mtime, coding, frame: memory });
    return { ...packed, frame: Buffer.from(memory, 0, packed.frameBytes), done };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}
