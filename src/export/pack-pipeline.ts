import { MemoryPool } from '../base/memory-pool.ts';
import type { Coding } from '../bundle/frame-encoder.ts';
import type { ExportThreads } from './crew.ts';
import type { FileJob } from './pack-frame.ts';
import { entryMemory, groupMemory, layEntry, type PackedEntry, type PackedGroup } from './pack-group.ts';

/** Memory of all frames that are on their way, unless one alone is larger. */
const BYTES_IN_FLIGHT = 8 * 1024 * 1024;

/** A frame that is ready to be appended; `done` gives its memory back. */
export interface ReadyFrame extends PackedEntry {
  readonly frame: Buffer;
  done(): void;
}

export type ReadyGroup = PackedGroup & ReadyFrame;

/** Packs frames in worker threads; whoever asks gets them back in the order in which they were given. */
export class PackPipeline {
  readonly #threads: ExportThreads;
  readonly #memories = new MemoryPool();
  #bytes = 0;
  #frames = 0;

  constructor(threads: ExportThreads) {
    this.#threads = threads;
  }

  /** True when there is room for another frame: enough for every thread, but no more than fits in memory. */
  get hasRoom(): boolean {
    return this.#frames === 0 || (this.#frames < this.#threads.count * 3 && this.#bytes < BYTES_IN_FLIGHT);
  }

  pack(files: readonly FileJob[], mtime: number, coding: Coding): Promise<ReadyGroup> {
    return this.#packed(
      groupMemory(files),
      (frame) => this.#threads.run({ files, mtime, coding, frame }) as Promise<PackedGroup>,
    );
  }

  /** An entry that is all of a frame; its content is copied. */
  packEntry(name: string, content: Buffer, mtime: number, coding: Coding): Promise<ReadyFrame> {
    const entry = { name, size: content.length };
    return this.#packed(entryMemory(content.length), (frame) => {
      layEntry(content, frame);
      return this.#threads.run({ entry, mtime, coding, frame }) as Promise<PackedEntry>;
    });
  }

  async #packed<T extends PackedEntry>(
    bytes: number,
    pack: (frame: SharedArrayBuffer) => Promise<T>,
  ): Promise<T & ReadyFrame> {
    const memory = this.#memories.take(bytes);
    this.#frames += 1;
    this.#bytes += memory.byteLength;
    const done = () => {
      this.#frames -= 1;
      this.#bytes -= memory.byteLength;
      this.#memories.give(memory);
    };
    const packed = await pack(memory);
    return { ...packed, frame: Buffer.from(memory, 0, packed.frameBytes), done };
  }
}
