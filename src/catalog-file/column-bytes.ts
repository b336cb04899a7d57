/** The catalogue is not as docs/catalog.md says; the message says why. */
export class CatalogRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CatalogRefused';
  }
}

/** Bytes of one column while it is written. */
export class ColumnBytes {
  #bytes: Buffer;
  #length = 0;

  /** `tag` is the first byte of the frame that the column becomes. */
  constructor(tag: number) {
    this.#bytes = Buffer.allocUnsafe(64 * 1024);
    this.#bytes[0] = tag;
    this.#length = 1;
  }

  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 1;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  /** LEB128: seven bits a byte, lowest first, the highest bit set in all but the last. */
  number(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  hex(digits: string): void {
    this.#room(digits.length / 2);
    this.#length += this.#bytes.write(digits, this.#length, 'hex');
  }

  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.number(size);
    this.#room(size);
    this.#length += this.#bytes.write(value, this.#length, 'utf8');
  }

  #room(length: number): void {
    if (this.#length + length <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe((this.#length + length) * 2);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a column from first to last and minds its end. */
export class ColumnReader {
  readonly #name: string;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(name: string, bytes: Buffer) {
    this.#name = name;
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw this.#refused('too short');
    this.#at += 1;
    return value;
  }

  /** Refuses numbers beyond 2^53 and numbers that could be written shorter. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (!Number.isSafeInteger(value)) throw this.#refused('a number beyond 2^53');
      if (byte < 0x80) {
        if (byte === 0 && factor > 1) throw this.#refused('a number with a useless byte');
        return value;
      }
    }
  }

  hex(bytes: number): string {
    if (this.#at + bytes > this.#bytes.length) throw this.#refused('too short');
    const digits = this.#bytes.toString('hex', this.#at, this.#at + bytes);
    this.#at += bytes;
    return digits;
  }

  /** UTF-8 of at most `most` bytes, without NUL. */
  text(most: number): string {
    const length = this.number();
    if (length > most || this.#at + length > this.#bytes.length)
      throw this.#refused('a text that is too long');
    const piece = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    let text: string;
    try {
      text = UTF8.decode(piece);
    } catch {
      throw this.#refused('a text that is no UTF-8');
    }
    if (text.includes('\0')) throw this.#refused('a NUL character');
    return text;
  }

  get ended(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Every byte of a column means something. */
  end(): void {
    if (!this.ended) throw this.#refused('bytes too many');
  }

  #refused(found: string): CatalogRefused {
    return new CatalogRefused(`column ${this.#name}: ${found}`);
  }
}
