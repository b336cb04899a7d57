import { MAX_ENTRY_BYTES } from '../base/limits.ts';
import { IMAGE_COLUMNS, LINK_COLUMNS } from './types.ts';

/** Of a longer line the parser counts what the schema limits; in these there is no room for too much. */
const MOST_BYTES = 16 * 1024;

/** Of the name of a file. */
const MOST_OF_NAME = 1024;

const LARGEST_TIME = 8_640_000_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;

/** Below are control characters, which a text must escape. */
const FIRST_PRINTABLE = 0x20;

/** More might be rounded. */
const MOST_DIGITS = 15;

const DIGEST_DIGITS = 64;

const LINKS: ReadonlySet<string> = new Set(LINK_COLUMNS);

const literal = (text: string) => Uint8Array.from(Buffer.from(text));

/** In the order of the writer: the digest of a photo that does not travel comes last. */
const COLUMNS = [...IMAGE_COLUMNS.filter((column) => column !== 'sha256_hash'), 'sha256_hash'].map(
  (column) => ({ key: literal(`"${column}":"`), isLink: LINKS.has(column) }),
);

const BEGIN = literal('{');
const END = literal('}');
const COMMA = literal(',');
const ARRAY_END = literal(']');
const FILE = literal('"file":{"digest":"');
const SIZE = literal('","size":');
const NAME = literal(',"name":"');
const MTIME = literal(',"mtime":');
const FILE_END = literal('},');
const IMAGE = literal('"image":{');
const TAGS = literal(',"tags":[');
const TAG = literal('{"name":"');
const COUNT = literal(',"count":');
const ALBUMS = literal(',"albums":[');
const ALBUM = literal('{"album_id":"');
const COLLECTIONS = literal(',"collections":[');
const COLLECTION = literal('{"collection_id":"');
const TITLE = literal(',"title":"');
const URL = literal(',"url":"');
const IS_PUBLIC = literal(',"is_public":');
const HTTP = literal('http://');
const HTTPS = literal('https://');

/** A record without a file has this size. */
export const NO_FILE = -1;

/**
 * Reads records as the writer makes them: every key in its place, no blanks, no escapes. Any other line,
 * whatever it may be, is for `parseRecord`, which takes ten times as long. A line that is read here is
 * a record there, with the same file. One reader for many lines: what is allocated for each would be garbage.
 */
export class PlainRecordReader {
  /** Of the file of the last record, in bytes; {@link NO_FILE} where it has none. */
  size = NO_FILE;
  /** Where the 64 digits of its digest begin. */
  digestAt = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  /** Whether these bytes, which must be UTF-8, are such a record. */
  reads(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > MOST_BYTES) return false;
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.size = NO_FILE;
    return (
      this.#has(BEGIN) &&
      (!this.#has(FILE) || this.#file()) &&
      this.#has(IMAGE) &&
      this.#image() &&
      this.#has(TAGS) &&
      this.#tags() &&
      this.#has(ALBUMS) &&
      this.#sets(ALBUM) &&
      this.#has(COLLECTIONS) &&
      this.#sets(COLLECTION) &&
      this.#has(END) &&
      this.#at === this.#end
    );
  }

  // Each method goes behind what it finds, and answers whether it was there; what it is given first may be missing.

  #has(text: Uint8Array): boolean {
    const at = this.#at;
    if (at + text.length > this.#end) return false;
    for (let offset = 0; offset < text.length; offset += 1)
      if (this.#bytes[at + offset] !== text[offset]) return false;
    this.#at = at + text.length;
    return true;
  }

  /** To the quote at its end. */
  #text(): boolean {
    const bytes = this.#bytes;
    for (let at = this.#at; at < this.#end; at += 1) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.#at = at + 1;
        return true;
      }
      if (byte < FIRST_PRINTABLE || byte === BACKSLASH) return false;
    }
    return false;
  }

  #link(): boolean {
    return (this.#bytes[this.#at] === QUOTE || this.#has(HTTP) || this.#has(HTTPS)) && this.#text();
  }

  /** A whole number that no reader rounds, as JSON writes it; NaN where there is none. */
  #number(): number {
    const bytes = this.#bytes;
    const isNegative = bytes[this.#at] === MINUS;
    const start = this.#at + (isNegative ? 1 : 0);
    let value = 0;
    let at = start;
    for (; at < this.#end && at - start <= MOST_DIGITS; at += 1) {
      const digit = bytes[at]! - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    const digits = at - start;
    const isWritten =
      bytes[start] === ZERO ? digits === 1 && !isNegative : digits > 0 && digits <= MOST_DIGITS;
    if (!isWritten) return Number.NaN;
    this.#at = at;
    return isNegative ? -value : value;
  }

  #optionalNumber(key: Uint8Array): boolean {
    return !this.#has(key) || !Number.isNaN(this.#number());
  }

  /** Behind the quote of the digest. */
  #file(): boolean {
    this.digestAt = this.#at;
    if (!this.#digest() || !this.#has(SIZE)) return false;
    const size = this.#number();
    if (!(size >= 0 && size <= MAX_ENTRY_BYTES) || !this.#has(NAME)) return false;
    const name = this.#at;
    if (!this.#text() || this.#at - name > MOST_OF_NAME || !this.#has(MTIME)) return false;
    this.size = size;
    return Math.abs(this.#number()) <= LARGEST_TIME && this.#has(FILE_END);
  }

  #digest(): boolean {
    const end = this.#at + DIGEST_DIGITS;
    if (end > this.#end) return false;
    for (let at = this.#at; at < end; at += 1) if (hexValue(this.#bytes[at]!) < 0) return false;
    this.#at = end;
    return true;
  }

  #image(): boolean {
    let isFirst = true;
    for (const { key, isLink } of COLUMNS) {
      const before = this.#at;
      if (!isFirst && !this.#has(COMMA)) break;
      if (!this.#has(key)) {
        this.#at = before;
        continue;
      }
      if (!(isLink ? this.#link() : this.#text())) return false;
      isFirst = false;
    }
    return this.#has(END);
  }

  /** To the end of the array. */
  #tags(): boolean {
    if (this.#has(ARRAY_END)) return true;
    do if (!(this.#has(TAG) && this.#text() && this.#optionalNumber(COUNT) && this.#has(END))) return false;
    while (this.#has(COMMA));
    return this.#has(ARRAY_END);
  }

  /** Albums or collections, each with its id first; to the end of the array. */
  #sets(id: Uint8Array): boolean {
    if (this.#has(ARRAY_END)) return true;
    do if (!(this.#has(id) && this.#set())) return false;
    while (this.#has(COMMA));
    return this.#has(ARRAY_END);
  }

  /** Behind the quote of its id. */
  #set(): boolean {
    return (
      this.#text() &&
      (!this.#has(TITLE) || this.#text()) &&
      (!this.#has(URL) || this.#link()) &&
      this.#optionalNumber(IS_PUBLIC) &&
      this.#has(END)
    );
  }
}

/** Of a lower-case hex digit; -1 for anything else. */
export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
