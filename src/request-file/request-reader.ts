import { createHash } from 'node:crypto';
import { BundleError } from '../base/errors.ts';
import { MAX_REQUEST_LINE_BYTES } from '../base/limits.ts';
import { ByteCursor } from '../bundle/byte-cursor.ts';
import { FileSource } from '../bundle/byte-source.ts';
import { parseRequestLine } from '../manifest/parse.ts';
import type { RequestHead, RequestLine } from '../manifest/types.ts';
import { REQUEST_CAPABILITIES, REQUEST_VERSION } from './request-writer.ts';
import type { Want } from './wants.ts';

const NEWLINE = 0x0a;

/** The file is no request, or not a whole one; the message says why. */
class RequestRefused extends Error {}

/** A request, read line by line in memory that does not depend on its length. */
export class RequestReader {
  readonly head: RequestHead;
  readonly #source: FileSource;
  readonly #lines: RequestLines;
  #wants = 0;

  private constructor(source: FileSource, lines: RequestLines, head: RequestHead) {
    this.#source = source;
    this.#lines = lines;
    this.head = head;
  }

  /** @throws BundleError `not-a-request`, `input-not-found` */
  static async open(path: string): Promise<RequestReader> {
    const source = await FileSource.open(path).catch((error: unknown) => {
      throw new BundleError('input-not-found', { cause: error, params: { path } });
    });
    try {
      const lines = new RequestLines(source);
      return new RequestReader(source, lines, await readHead(lines));
    } catch (error) {
      await source.close();
      throw asRequestError(error, path);
    }
  }

  /**
   * What is wanted. It counts only when it comes to its end without throwing: the digest that
   * proves all of it stands last.
   *
   * @throws BundleError `not-a-request`
   */
  async *wants(): AsyncGenerator<Want> {
    try {
      for (;;) {
        const line = await this.#lines.next();
        if (line === null) throw new RequestRefused('it is cut short');
        if ('format' in line) throw new RequestRefused('it has two heads');
        if ('end' in line) return await this.#checkEnd(line.end);
        yield* this.#wantsOf(line);
      }
    } catch (error) {
      throw asRequestError(error, this.#source.label);
    }
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  *#wantsOf(line: Exclude<RequestLine, RequestHead | { end: unknown }>): Generator<Want> {
    if ('hashes' in line) for (const digest of line.hashes) yield { kind: 'hash', digest };
    else for (const url of line.urls) yield { kind: 'url', url };
    this.#wants += 'hashes' in line ? line.hashes.length : line.urls.length;
  }

  async #checkEnd(end: { readonly wants: number; readonly digest: string }): Promise<void> {
    if (end.wants !== this.#wants)
      throw new RequestRefused(`it asks for ${this.#wants} contents, not ${end.wants}`);
    if (this.#lines.digestBefore() !== end.digest) throw new RequestRefused('its bytes have another digest');
    if (!(await this.#lines.ended())) throw new RequestRefused('more bytes behind its end');
  }
}

/** Parsed lines, and the digest of the bytes before the last of them. */
class RequestLines {
  readonly #cursor: ByteCursor;
  readonly #hash = createHash('sha256');
  #digest = '';

  constructor(source: FileSource) {
    this.#cursor = new ByteCursor(source);
  }

  async next(): Promise<RequestLine | null> {
    const length = await this.#lineLength();
    if (length === 0) return null;
    const bytes = this.#cursor.bytes.subarray(0, length);
    this.#digest = this.#hash.copy().digest('hex');
    this.#hash.update(bytes);
    const { value, problem } = parseRequestLine(Buffer.from(bytes.subarray(0, length - 1)));
    this.#cursor.consume(length);
    if (problem !== null) throw new RequestRefused(problem);
    return value;
  }

  digestBefore(): string {
    return this.#digest;
  }

  /** Nothing comes behind the line that `next` returned last. */
  async ended(): Promise<boolean> {
    return !(await this.#cursor.ensure(1));
  }

  /** Bytes of the next line with its newline; 0 at the end of the input. */
  async #lineLength(): Promise<number> {
    const cursor = this.#cursor;
    for (let seen = 0; ; ) {
      const more = await cursor.ensure(seen + 1);
      const newline = cursor.bytes.indexOf(NEWLINE, seen);
      if (newline >= 0 && newline < MAX_REQUEST_LINE_BYTES) return newline + 1;
      seen = cursor.available;
      if (seen >= MAX_REQUEST_LINE_BYTES)
        throw new RequestRefused(`a line of more than ${MAX_REQUEST_LINE_BYTES} bytes`);
      if (!more && seen > 0) throw new RequestRefused('it is cut short');
      if (!more) return 0;
    }
  }
}

async function readHead(lines: RequestLines): Promise<RequestHead> {
  const line = await lines.next();
  if (line === null) throw new RequestRefused('it is empty');
  if (!('format' in line)) throw new RequestRefused('it does not begin as one');
  const { version, capabilities } = line.format;
  if (version > REQUEST_VERSION)
    throw new RequestRefused(`version ${version}; this program reads up to ${REQUEST_VERSION}`);
  const unknown = capabilities.find((name) => !REQUEST_CAPABILITIES.includes(name));
  if (unknown !== undefined) throw new RequestRefused(`it needs a reader that knows "${unknown}"`);
  return line;
}

function asRequestError(error: unknown, path: string): unknown {
  return error instanceof RequestRefused
    ? new BundleError('not-a-request', { params: { path, reason: error.message } })
    : error;
}
