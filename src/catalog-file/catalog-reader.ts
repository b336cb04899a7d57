import { BundleError } from '../base/errors.ts';
import {
  CATALOG_GROUP_ROWS,
  MAX_CATALOG_AUTHOR_BYTES,
  MAX_CATALOG_AUTHORS,
  MAX_CATALOG_COLUMN,
  MAX_TEXT_LENGTH,
} from '../base/limits.ts';
import { FileSource } from '../bundle/byte-source.ts';
import { FramesRefused, SingleFrames } from '../bundle/single-frames.ts';
import { parseCatalogDocument } from '../manifest/parse.ts';
import type { CatalogEnd, CatalogHead } from '../manifest/types.ts';
import { CatalogRefused, ColumnReader } from './column-bytes.ts';
import {
  CATALOG_CAPABILITIES,
  CATALOG_VERSION,
  type CatalogImage,
  COLUMN,
  FLAG,
  GROUP_COLUMNS,
  type GroupColumn,
  RANK_MASK,
  RANK_SHIFT,
} from './types.ts';

/** One character is at most three bytes of UTF-8. */
const MAX_ADDRESS_BYTES = 3 * MAX_TEXT_LENGTH;

type Group = { readonly [column in GroupColumn]: ColumnReader };

/** A catalogue, read from first to last in memory that does not depend on its length. */
export class CatalogReader {
  readonly head: CatalogHead;
  readonly #source: FileSource;
  readonly #frames: SingleFrames;
  readonly #authors: string[] = [];
  #authorBytes = 0;
  #images = 0;

  private constructor(source: FileSource, frames: SingleFrames, head: CatalogHead) {
    this.#source = source;
    this.#frames = frames;
    this.head = head;
  }

  /** @throws BundleError `not-a-catalog`, `input-not-found` */
  static async open(path: string): Promise<CatalogReader> {
    const source = await FileSource.open(path).catch((error: unknown) => {
      throw new BundleError('input-not-found', { cause: error, params: { path } });
    });
    try {
      const frames = new SingleFrames(source, MAX_CATALOG_COLUMN);
      return new CatalogReader(source, frames, await readHead(frames));
    } catch (error) {
      await source.close();
      throw asCatalogError(error, path);
    }
  }

  /**
   * The images, a group at a time. What it yields counts only when it comes to its end without
   * throwing: the digest that proves all of it stands last.
   *
   * @throws BundleError `not-a-catalog`
   */
  async *groups(): AsyncGenerator<readonly CatalogImage[]> {
    try {
      for (;;) {
        const content = await this.#frames.next();
        if (content === null) throw new CatalogRefused('it is cut short');
        if (content[0] === COLUMN.end) return await this.#checkEnd(content);
        yield await this.#readGroup(content);
      }
    } catch (error) {
      throw asCatalogError(error, this.#source.label);
    }
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  async #readGroup(first: Buffer): Promise<CatalogImage[]> {
    const readers = {} as { [column in GroupColumn]: ColumnReader };
    let flags = Buffer.alloc(0);
    for (const name of GROUP_COLUMNS) {
      const content = name === 'flags' ? first : await this.#frames.next();
      if (content === null) throw new CatalogRefused('it is cut short');
      if (content[0] !== COLUMN[name]) throw new CatalogRefused(`expected column ${name}, found another`);
      const bytes = Buffer.from(content.subarray(1));
      if (name === 'flags') flags = bytes;
      readers[name] = new ColumnReader(name, bytes);
    }
    if (flags.length === 0 || flags.length > CATALOG_GROUP_ROWS)
      throw new CatalogRefused(`a group of ${flags.length} images`);
    this.#readNames(readers.names);
    const images = readImages(readers, flags.length, (number) => this.#author(number));
    for (const name of GROUP_COLUMNS) readers[name].end();
    this.#images += images.length;
    return images;
  }

  #readNames(names: ColumnReader): void {
    while (!names.ended) {
      const name = names.text(MAX_ADDRESS_BYTES);
      this.#authorBytes += Buffer.byteLength(name);
      this.#authors.push(name);
      if (this.#authors.length > MAX_CATALOG_AUTHORS || this.#authorBytes > MAX_CATALOG_AUTHOR_BYTES) {
        throw new CatalogRefused('more authors than a reader keeps');
      }
    }
  }

  #author(number: number): string | null {
    if (number === 0) return null;
    const name = this.#authors[number - 1];
    if (name === undefined) throw new CatalogRefused('an author that it does not name');
    return name;
  }

  async #checkEnd(content: Buffer): Promise<void> {
    const { value, problem } = parseCatalogDocument(content.subarray(1));
    if (problem !== null || !('end' in value)) throw new CatalogRefused(`its end: ${problem ?? 'a head'}`);
    this.#checkTotals(value);
    if (!(await this.#frames.ended())) throw new CatalogRefused('more bytes behind its end');
  }

  #checkTotals({ end }: CatalogEnd): void {
    if (end.images !== this.#images || this.head.images !== this.#images) {
      throw new CatalogRefused(`it holds ${this.#images} images, not ${end.images}`);
    }
    if (this.#frames.digestBefore() !== end.digest) throw new CatalogRefused('its bytes have another digest');
  }
}

function readImages(columns: Group, rows: number, author: (number: number) => string | null): CatalogImage[] {
  const images: CatalogImage[] = [];
  let site = 0;
  for (let row = 0; row < rows; row += 1) {
    const flags = columns.flags.byte();
    if (flags & FLAG.site) {
      site += columns.sites.number();
      if (!Number.isSafeInteger(site)) throw new CatalogRefused('a site image id beyond 2^53');
    }
    images.push({
      site: flags & FLAG.site ? site : null,
      digest: flags & FLAG.digest ? columns.digests.hex(32) : null,
      here: (flags & FLAG.here) !== 0,
      size: flags & FLAG.size ? columns.sizes.number() : null,
      rank: (flags >> RANK_SHIFT) & RANK_MASK,
      url: flags & FLAG.url ? columns.addresses.text(MAX_ADDRESS_BYTES) : null,
      pageUrl: flags & FLAG.page ? columns.addresses.text(MAX_ADDRESS_BYTES) : null,
      author: author(columns.authors.number()),
    });
  }
  return images;
}

async function readHead(frames: SingleFrames): Promise<CatalogHead> {
  const content = await frames.next();
  if (content === null) throw new CatalogRefused('it is empty');
  if (content[0] !== COLUMN.head) throw new CatalogRefused('it does not begin as one');
  const { value, problem } = parseCatalogDocument(content.subarray(1));
  if (problem !== null || !('format' in value)) throw new CatalogRefused(`its head: ${problem ?? 'an end'}`);
  const { version, capabilities } = value.format;
  if (version > CATALOG_VERSION)
    throw new CatalogRefused(`version ${version}; this program reads up to ${CATALOG_VERSION}`);
  const unknown = capabilities.find((name) => !CATALOG_CAPABILITIES.includes(name));
  if (unknown !== undefined) throw new CatalogRefused(`it needs a reader that knows "${unknown}"`);
  return value;
}

function asCatalogError(error: unknown, path: string): unknown {
  if (!(error instanceof CatalogRefused) && !(error instanceof FramesRefused)) return error;
  return new BundleError('not-a-catalog', { params: { path, reason: error.message } });
}
