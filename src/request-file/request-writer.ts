import { createHash } from 'node:crypto';
import { canonicalLine } from '../base/canonical-json.ts';
import { REQUEST_LINE_BYTES, REQUEST_LINE_WANTS } from '../base/limits.ts';
import type { ByteSink } from '../bundle/byte-sink.ts';
import type { RequestHead, RequestLine } from '../manifest/types.ts';
import type { Want } from './wants.ts';

export const REQUEST_NAME = 'indarequest';
export const REQUEST_VERSION = 1;

/** Capabilities that this reader knows. */
export const REQUEST_CAPABILITIES: readonly string[] = [];

/** Writes a request: JSON lines, the head first, then what is wanted by the hundred, the end last. */
export class RequestWriter {
  readonly #sink: ByteSink;
  readonly #hash = createHash('sha256');
  #hashes: string[] = [];
  #urls: string[] = [];
  #urlLength = 0;
  #wants = 0;
  bytes = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  async begin(head: RequestHead): Promise<void> {
    await this.#write(head);
  }

  async add(want: Want): Promise<void> {
    this.#wants += 1;
    if (want.kind === 'hash') this.#hashes.push(want.digest);
    else {
      this.#urls.push(want.url);
      this.#urlLength += want.url.length;
    }
    if (this.#hashes.length >= REQUEST_LINE_WANTS) await this.#flushHashes();
    if (this.#urls.length >= REQUEST_LINE_WANTS || this.#urlLength >= REQUEST_LINE_BYTES)
      await this.#flushUrls();
  }

  /** Writes what is left and the end mark; the sink is not finished. */
  async end(): Promise<void> {
    await this.#flushHashes();
    await this.#flushUrls();
    await this.#write({ end: { wants: this.#wants, digest: this.#hash.copy().digest('hex') } });
  }

  async #flushHashes(): Promise<void> {
    if (this.#hashes.length > 0) await this.#write({ hashes: this.#hashes });
    this.#hashes = [];
  }

  async #flushUrls(): Promise<void> {
    if (this.#urls.length > 0) await this.#write({ urls: this.#urls });
    this.#urls = [];
    this.#urlLength = 0;
  }

  async #write(line: RequestLine): Promise<void> {
    const bytes = Buffer.from(canonicalLine(line));
    this.#hash.update(bytes);
    await this.#sink.write(bytes);
    this.bytes += bytes.length;
  }
}
