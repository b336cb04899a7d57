import { createHash } from 'node:crypto';
import {
  CATALOG_GROUP_ROWS,
  CATALOG_GROUP_TEXT,
  MAX_CATALOG_AUTHOR_BYTES,
  MAX_CATALOG_AUTHORS,
} from '../base/limits.ts';
import type { ByteSink } from '../bundle/byte-sink.ts';
import { type Coding, FRAME_BOUND, FrameEncoder } from '../bundle/frame-encoder.ts';
import type { CatalogEnd, CatalogHead } from '../manifest/types.ts';
import { ColumnBytes } from './column-bytes.ts';
import { type CatalogImage, COLUMN, FLAG, GROUP_COLUMNS, type GroupColumn, RANK_SHIFT } from './types.ts';

/** Level 12 is past the point where more time saves much; digests are stored anyway. */
const CODING: Coding = { kind: 'auto', level: 12 };

type Columns = { readonly [column in GroupColumn]: ColumnBytes };

/** Writes a catalogue: the head, groups of columns, the end. Images come in ascending order of site id, those without one last. */
export class CatalogWriter {
  readonly #sink: ByteSink;
  readonly #encoder = new FrameEncoder();
  readonly #frame = Buffer.allocUnsafe(FRAME_BOUND);
  readonly #hash = createHash('sha256');
  readonly #columns: Columns;
  readonly #authors = new Map<string, number>();
  #authorBytes = 0;
  #rows = 0;
  #lastSite = 0;
  #images = 0;
  bytes = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
    this.#columns = Object.fromEntries(
      GROUP_COLUMNS.map((name) => [name, new ColumnBytes(COLUMN[name])]),
    ) as Columns;
  }

  async begin(head: CatalogHead): Promise<void> {
    await this.#writeFrame(tagged(COLUMN.head, head));
  }

  async add(image: CatalogImage): Promise<void> {
    this.#addToColumns(image);
    this.#rows += 1;
    this.#images += 1;
    const { addresses, names } = this.#columns;
    if (this.#rows === CATALOG_GROUP_ROWS || Math.max(addresses.length, names.length) > CATALOG_GROUP_TEXT)
      await this.#endGroup();
  }

  /** Writes what is left and the end mark; the sink is not finished. */
  async end(): Promise<void> {
    if (this.#rows > 0) await this.#endGroup();
    const end: CatalogEnd = { end: { images: this.#images, digest: this.#hash.copy().digest('hex') } };
    await this.#writeFrame(tagged(COLUMN.end, end));
  }

  #addToColumns(image: CatalogImage): void {
    const { flags, sites, digests, sizes, addresses, authors } = this.#columns;
    flags.byte(flagsOf(image));
    if (image.site !== null) {
      sites.number(image.site - this.#lastSite);
      this.#lastSite = image.site;
    }
    if (image.digest !== null) digests.hex(image.digest);
    if (image.size !== null) sizes.number(image.size);
    if (image.url !== null) addresses.text(image.url);
    if (image.pageUrl !== null) addresses.text(image.pageUrl);
    authors.number(this.#authorNumber(image.author));
  }

  /** 0 for none, else the author's place in the list of all that were named so far. */
  #authorNumber(author: string | null): number {
    if (author === null) return 0;
    const known = this.#authors.get(author);
    if (known !== undefined) return known;
    const bytes = Buffer.byteLength(author);
    if (this.#authors.size >= MAX_CATALOG_AUTHORS || this.#authorBytes + bytes > MAX_CATALOG_AUTHOR_BYTES)
      return 0;
    this.#authorBytes += bytes;
    const number = this.#authors.size + 1;
    this.#authors.set(author, number);
    this.#columns.names.text(author);
    return number;
  }

  async #endGroup(): Promise<void> {
    for (const name of GROUP_COLUMNS) {
      await this.#writeFrame(this.#columns[name].bytes);
      this.#columns[name].clear();
    }
    this.#rows = 0;
    this.#lastSite = 0;
  }

  async #writeFrame(content: Buffer): Promise<void> {
    const length = this.#encoder.encode(content, this.#frame, CODING);
    const frame = this.#frame.subarray(0, length);
    this.#hash.update(frame);
    await this.#sink.write(frame);
    this.bytes += length;
  }
}

function flagsOf(image: CatalogImage): number {
  return (
    (image.site === null ? 0 : FLAG.site) |
    (image.digest === null ? 0 : FLAG.digest) |
    (image.here ? FLAG.here : 0) |
    (image.size === null ? 0 : FLAG.size) |
    (image.rank << RANK_SHIFT) |
    (image.url === null ? 0 : FLAG.url) |
    (image.pageUrl === null ? 0 : FLAG.page)
  );
}

function tagged(tag: number, document: CatalogHead | CatalogEnd): Buffer {
  return Buffer.concat([Buffer.from([tag]), Buffer.from(JSON.stringify(document))]);
}
