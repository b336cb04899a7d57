import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Where the bytes of a bundle go. */
export interface ByteSink {
  /** Appends; `bytes` may be reused when the promise resolves. */
  write(bytes: Buffer): Promise<void>;
  /** Takes back everything behind `length`; false where that is impossible. */
  truncate(length: number): Promise<boolean>;
  /** Makes everything durable and gives it its name. */
  finish(): Promise<void>;
  /** Gives up; what was written so far may stay for another try. */
  abandon(): Promise<void>;
}

/** Writes into a stream at the pace at which its reader takes it. */
export class StreamSink implements ByteSink {
  readonly #stream: Writable;
  /** Nobody waits for the reader any longer: it went away, or the work is stopped. */
  readonly #over: AbortSignal;
  #failure: Error | null = null;

  constructor(stream: Writable, signal?: AbortSignal) {
    this.#stream = stream;
    const closed = new AbortController();
    this.#over = AbortSignal.any(signal === undefined ? [closed.signal] : [closed.signal, signal]);
    const close = () => {
      this.#failure ??= Object.assign(new Error('the reader closed the stream'), { code: 'EPIPE' });
      closed.abort();
    };
    stream.on('error', (error: Error) => {
      this.#failure = error;
    });
    stream.on('close', close);
    if (stream.destroyed || stream.writableEnded) close();
  }

  async write(bytes: Buffer): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#stream.write(Buffer.from(bytes))) await this.#told('drain');
  }

  /** Waits until the stream says so. */
  async #told(event: 'drain' | 'finish'): Promise<void> {
    try {
      await once(this.#stream, event, { signal: this.#over });
    } catch (error) {
      throw this.#failure ?? error;
    }
  }

  async truncate(): Promise<boolean> {
    return false;
  }

  async finish(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const finished = this.#told('finish');
    this.#stream.end();
    await finished;
  }

  async abandon(): Promise<void> {
    this.#stream.destroy();
  }
}
