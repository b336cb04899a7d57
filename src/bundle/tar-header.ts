import { MAX_ENTRY_BYTES } from '../base/limits.ts';

/** A tar is made of blocks of this many bytes. */
export const BLOCK = 512;

/** Two blocks of zeros end a tar. */
export const END_BLOCKS = 2 * BLOCK;

const NAME_LENGTH = 100;
const NAME = /^[\x21-\x7e]{1,100}$/;
/** Eleven octal digits: the year 2242. */
const MAX_MTIME = 8 ** 11 - 1;
const CHECKSUM_OFFSET = 148;
const TYPE_OFFSET = 156;

/** What a ustar header says of an entry; all other fields are constants in a bundle. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
}

export type HeaderProblem = 'zero-block' | 'checksum' | 'type' | 'field';

/** `size` rounded up to whole blocks. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/**
 * Writes one 512-byte ustar header (POSIX 1003.1-1988) at `offset`: a regular file of mode 0644
 * that belongs to user and group 0.
 *
 * @throws RangeError for a name, size or time that the header has no room for
 */
export function writeHeader(header: TarHeader, target: Buffer, offset: number): void {
  if (!NAME.test(header.name)) throw new RangeError(`not the name of an entry: ${header.name}`);
  if (!isCount(header.size, MAX_ENTRY_BYTES))
    throw new RangeError(`not the size of an entry: ${header.size}`);
  if (!isCount(header.mtime, MAX_MTIME)) throw new RangeError(`not the time of an entry: ${header.mtime}`);
  layHeader(header, target, offset);
}

function isCount(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

function layHeader(header: TarHeader, target: Buffer, offset: number): void {
  target.fill(0, offset, offset + BLOCK);
  target.write(header.name, offset, NAME_LENGTH, 'latin1');
  target.write('0000644\0' + '0000000\0' + '0000000\0', offset + 100, 'latin1');
  target.write(`${octal(header.size, 11)}\0${octal(header.mtime, 11)}\0`, offset + 124, 'latin1');
  target.write('0', offset + TYPE_OFFSET, 'latin1');
  target.write('ustar\0' + '00', offset + 257, 'latin1');
  target.write('0000000\0' + '0000000\0', offset + 329, 'latin1');
  target.write(checksumField(target, offset), offset + CHECKSUM_OFFSET, 'latin1');
}

const scratch = Buffer.alloc(BLOCK);

/**
 * Reads a header that {@link writeHeader} could have written, and no other: name, size and time
 * are parsed and written again, and every byte must agree.
 */
export function readHeader(source: Buffer, offset: number): TarHeader | HeaderProblem {
  const block = source.subarray(offset, offset + BLOCK);
  if (block.every((byte) => byte === 0)) return 'zero-block';
  if (block.toString('latin1', CHECKSUM_OFFSET, CHECKSUM_OFFSET + 8) !== checksumField(block, 0))
    return 'checksum';
  if (block[TYPE_OFFSET] !== 0x30) return 'type';
  const size = parseOctal(block, 124, 11);
  const mtime = parseOctal(block, 136, 11);
  const end = block.indexOf(0);
  if (size === null || mtime === null || size > MAX_ENTRY_BYTES) return 'field';
  const name = block.toString('latin1', 0, end < 0 ? NAME_LENGTH : Math.min(end, NAME_LENGTH));
  layHeader({ name, size, mtime }, scratch, 0);
  return scratch.equals(block) ? { name, size, mtime } : 'field';
}

/** The name field as far as it can be shown, for a finding about a header that is refused. */
export function rawName(source: Buffer, offset: number): string {
  const field = source.subarray(offset, offset + NAME_LENGTH);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? NAME_LENGTH : end);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function parseOctal(block: Buffer, offset: number, digits: number): number | null {
  const text = block.toString('latin1', offset, offset + digits);
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : null;
}

/** Six octal digits, NUL, space: the only bytes of a header that its sum does not cover. */
function checksumField(source: Buffer, offset: number): string {
  return `${octal(checksum(source, offset), 6)}\0 `;
}

/** The sum of all bytes, with the checksum field itself counted as spaces. */
function checksum(source: Buffer, offset: number): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < CHECKSUM_OFFSET; at += 1) sum += source[offset + at] ?? 0;
  for (let at = CHECKSUM_OFFSET + 8; at < BLOCK; at += 1) sum += source[offset + at] ?? 0;
  return sum;
}
