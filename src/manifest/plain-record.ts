import { MAX_ENTRY_BYTES } from '../base/limits.ts';
import { type FileReference, IMAGE_COLUMNS, LINK_COLUMNS } from './types.ts';

/** What a record says of its file; null for a record without one. */
export interface PlainRecord {
  readonly file: Pick<FileReference, 'digest' | 'size'> | null;
}

/** Of a longer line the parser counts what the schema limits; in these there is no room for too much. */
const MOST_CHARACTERS = 16 * 1024;

/** Of the name of a file. */
const MOST_OF_NAME = 1024;

/** What a writer without surprises never writes into a text: escapes, and what would need one. */
const NEEDS_PARSING = /[\0-\x1f\\]/;

const DIGEST = /[0-9a-f]{64}/y;

/** Whole numbers that no reader rounds, as JSON writes them. */
const NUMBER = /0|-?[1-9]\d{0,14}/y;
const LARGEST_TIME = 8_640_000_000_000;

const LINKS: ReadonlySet<string> = new Set(LINK_COLUMNS);

/** In the order of the writer: the digest of a photo that does not travel comes last. */
const COLUMNS = [...IMAGE_COLUMNS.filter((column) => column !== 'sha256_hash'), 'sha256_hash'].map(
  (column) => ({
    key: `"${column}":"`,
    isLink: LINKS.has(column),
  }),
);

/**
 * Reads a record as the writer makes it: every key in its place, no blanks, no escapes. Null for any other line,
 * whatever it may be; that is for `parseRecord`, which takes three times as long. A line that is read here is
 * a record there, with the same file. `line` has one character for each byte, which must be UTF-8.
 */
export function readPlainRecord(line: string): PlainRecord | null {
  if (line.length > MOST_CHARACTERS || NEEDS_PARSING.test(line)) return null;
  const reader = new PlainReader(line);
  if (!reader.has('{')) return null;
  const file = reader.has('"file":') ? reader.file() : null;
  if (file === undefined) return null;
  const isRecord =
    reader.has('"image":{') &&
    reader.image() &&
    reader.has(',"tags":[') &&
    reader.items(
      () => reader.has('{"name":"') && reader.text() && reader.number(',"count":') && reader.has('}'),
    ) &&
    reader.has(',"albums":[') &&
    reader.items(() => reader.has('{"album_id":"') && reader.named()) &&
    reader.has(',"collections":[') &&
    reader.items(() => reader.has('{"collection_id":"') && reader.named()) &&
    reader.has('}') &&
    reader.at === line.length;
  return isRecord ? { file } : null;
}

/** Each method goes behind what it finds, and answers whether it was there; what it is given first may be missing. */
class PlainReader {
  at = 0;
  readonly #line: string;

  constructor(line: string) {
    this.#line = line;
  }

  has(literal: string): boolean {
    if (!this.#line.startsWith(literal, this.at)) return false;
    this.at += literal.length;
    return true;
  }

  /** To the quote at its end. */
  text(): boolean {
    const end = this.#line.indexOf('"', this.at);
    this.at = end + 1;
    return end >= 0;
  }

  link(): boolean {
    const isLink =
      this.#line.startsWith('"', this.at) ||
      this.#line.startsWith('http://', this.at) ||
      this.#line.startsWith('https://', this.at);
    return isLink && this.text();
  }

  number(key: string): boolean {
    return !this.has(key) || this.#match(NUMBER) !== null;
  }

  /** Undefined for one that is not as it should be. */
  file(): PlainRecord['file'] | undefined {
    if (!this.has('{"digest":"')) return undefined;
    const digest = this.#match(DIGEST);
    if (digest === null || !this.has('","size":')) return undefined;
    const size = Number(this.#match(NUMBER) ?? Number.NaN);
    if (!(size >= 0 && size <= MAX_ENTRY_BYTES) || !this.has(',"name":"')) return undefined;
    const name = this.at;
    if (!this.text() || this.at - name > MOST_OF_NAME || !this.has(',"mtime":')) return undefined;
    const time = Number(this.#match(NUMBER) ?? Number.NaN);
    return Math.abs(time) <= LARGEST_TIME && this.has('},') ? { digest, size } : undefined;
  }

  image(): boolean {
    let isFirst = true;
    for (const { key, isLink } of COLUMNS) {
      const before = this.at;
      if (!isFirst && !this.has(',')) break;
      if (!this.has(key)) {
        this.at = before;
        continue;
      }
      if (!(isLink ? this.link() : this.text())) return false;
      isFirst = false;
    }
    return this.has('}');
  }

  /** The rest of an album or a collection, behind the quote of its id. */
  named(): boolean {
    return (
      this.text() &&
      (!this.has(',"title":"') || this.text()) &&
      (!this.has(',"url":"') || this.link()) &&
      this.number(',"is_public":') &&
      this.has('}')
    );
  }

  /** To the end of an array. */
  items(item: () => boolean): boolean {
    if (this.has(']')) return true;
    do if (!item()) return false;
    while (this.has(','));
    return this.has(']');
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#line)?.[0];
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }
}
