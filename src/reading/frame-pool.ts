import type { MemoryPool } from '../base/memory-pool.ts';
import type { Threads } from '../base/threads.ts';
import { decodeFrame } from '../bundle/decode-frame.ts';
import type { FrameScanner, ScannedEntry, ScannedFrame } from '../bundle/frames-ahead.ts';
import type { ReadingAnswer, ReadingJob } from './thread-work.ts';

/** Contents of frames that are read ahead, or still being written. */
const BYTES_AHEAD = 6 * 1024 * 1024;

/** Decodes frames into shared memory and has worker threads look at them; where there is one thread, one at a time. */
export class FramePool implements FrameScanner {
  readonly #threads: Threads<ReadingJob, ReadingAnswer>;
  readonly #memories: MemoryPool;

  constructor(threads: Threads<ReadingJob, ReadingAnswer>, memories: MemoryPool) {
    this.#threads = threads;
    this.#memories = memories;
  }

  hasRoom(contentSize: number): boolean {
    return this.#threads.count > 1 && this.#memories.bytesOut + contentSize <= BYTES_AHEAD;
  }

  scan(frame: Buffer, contentBytes: number): ScannedFrame | null {
    const memory = this.#memories.take(contentBytes);
    const content = Buffer.from(memory, 0, contentBytes);
    const release = () => this.#memories.give(memory);
    if (decodeFrame(frame, content) !== contentBytes) {
      release();
      return null;
    }
    const entries = this.#threads.run({ memory, contentBytes }) as Promise<ScannedEntry[]>;
    entries.catch(() => {}); // looked at in its turn
    return { content, entries, release };
  }
}
