import type { MemoryPool } from '../base/memory-pool.ts';
import type { Threads } from '../base/threads.ts';
import type { FrameClaim } from '../bundle/claimed-frame.ts';
import { decodeFrame } from '../bundle/decode-frame.ts';
import type { FrameScanner, ScannedFrame } from '../bundle/frames-ahead.ts';
import { frameScan, type ScanAnswer, type ScanJob } from './scan-frame.ts';
import type { ReadingAnswer, ReadingJob } from './thread-work.ts';

/** Contents of frames that are read ahead, or still being written: of small ones so much, of large ones as many as that. */
const BYTES_AHEAD = 8 * 1024 * 1024;
const FRAMES_AHEAD = 6;
const MOST_BYTES_AHEAD = 12 * 1024 * 1024;

/** Has worker threads read frames into shared memory and look at them; where there is one thread, one at a time. */
export class FramePool implements FrameScanner {
  readonly #threads: Threads<ReadingJob, ReadingAnswer>;
  readonly #memories: MemoryPool;
  /** The open file that frames are read from; null where it is no file. */
  readonly #file: number | null;

  constructor(threads: Threads<ReadingJob, ReadingAnswer>, memories: MemoryPool, file: number | null) {
    this.#threads = threads;
    this.#memories = memories;
    this.#file = file;
  }

  hasRoom(contentSize: number): boolean {
    const most = Math.min(Math.max(BYTES_AHEAD, contentSize * FRAMES_AHEAD), MOST_BYTES_AHEAD);
    return this.#threads.count > 1 && this.#memories.bytesOut + contentSize <= most;
  }

  scan(frame: Buffer, contentBytes: number, hasChecksum: boolean): ScannedFrame | null {
    const memory = this.#memories.take(contentBytes);
    if (decodeFrame(frame, Buffer.from(memory, 0, contentBytes)) === contentBytes)
      return this.#scanned({ memory, contentBytes, hasChecksum }, contentBytes);
    this.#memories.give(memory);
    return null;
  }

  read(claim: FrameClaim): ScannedFrame | null {
    if (this.#file === null) return null;
    const memory = this.#memories.take(claim.contentSize);
    return this.#scanned({ memory, file: this.#file, claim }, claim.contentSize);
  }

  #scanned(job: ScanJob, contentBytes: number): ScannedFrame {
    const { memory } = job;
    const answer = this.#threads.run(job) as Promise<ScanAnswer | null>;
    const scan = answer.then((found) => found && frameScan(found));
    scan.catch(() => {}); // looked at in its turn
    const release = () => this.#memories.give(memory);
    return { content: Buffer.from(memory, 0, contentBytes), scan, release };
  }
}
