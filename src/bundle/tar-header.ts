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
const CHECKSUM_LENGTH = 8;
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

const SIZE_OFFSET = 124;
const SIZE_DIGITS = 11;
const MTIME_OFFSET = 136;

/** A header without name, size and time, its checksum counted as spaces: all that never differs. */
const CONSTANT_FIELDS = constantFields();
const CONSTANT_SUM = sum(CONSTANT_FIELDS, 0, BLOCK);

function constantFields(): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  block.write('        0', CHECKSUM_OFFSET, 'latin1');
  block.write('ustar\0' + '00', 257, 'latin1');
  block.write('0000000\0' + '0000000\0', 329, 'latin1');
  return block;
}

function layHeader({ name, size, mtime }: TarHeader, target: Buffer, offset: number): void {
  CONSTANT_FIELDS.copy(target, offset);
  target.write(name, offset, NAME_LENGTH, 'latin1');
  target.write(`${octal(size, SIZE_DIGITS)}\0${octal(mtime, SIZE_DIGITS)}`, offset + SIZE_OFFSET, 'latin1');
  const checksum =
    CONSTANT_SUM +
    sum(target, offset, offset + Math.min(name.length, NAME_LENGTH)) +
    sum(target, offset + SIZE_OFFSET, offset + CHECKSUM_OFFSET);
  target.write(checksumField(checksum), offset + CHECKSUM_OFFSET, 'latin1');
}

const scratch = Buffer.alloc(BLOCK);

/**
 * Reads a header that {@link writeHeader} could have written, and no other: name, size and time
 * are parsed and written again, and every byte must agree.
 */
export function readHeader(source: Buffer, offset: number): TarHeader | HeaderProblem {
  if (offset + BLOCK > source.length) return problemOf(source, offset);
  const size = parseOctal(source, offset + SIZE_OFFSET);
  const mtime = parseOctal(source, offset + MTIME_OFFSET);
  if (size === null || mtime === null || size > MAX_ENTRY_BYTES) return problemOf(source, offset);
  const header = { name: rawName(source, offset), size, mtime };
  layHeader(header, scratch, 0);
  const isOurs = scratch.compare(source, offset, offset + BLOCK) === 0;
  return isOurs ? header : problemOf(source, offset);
}

/** What is wrong first with a header that is none of ours. */
function problemOf(source: Buffer, offset: number): HeaderProblem {
  const block = source.subarray(offset, offset + BLOCK);
  if (block.every((byte) => byte === 0)) return 'zero-block';
  const [before, behind] = [CHECKSUM_OFFSET, CHECKSUM_OFFSET + CHECKSUM_LENGTH];
  const checksum = CHECKSUM_LENGTH * 0x20 + sum(block, 0, before) + sum(block, behind, BLOCK);
  if (block.toString('latin1', before, behind) !== checksumField(checksum)) return 'checksum';
  return block[TYPE_OFFSET] === 0x30 ? 'field' : 'type';
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

/** Null where there is anything but digits. */
function parseOctal(source: Buffer, offset: number): number | null {
  let value = 0;
  for (let at = offset; at < offset + SIZE_DIGITS; at += 1) {
    const digit = source[at]! - 0x30;
    if (!(digit >= 0 && digit <= 7)) return null;
    value = value * 8 + digit;
  }
  return value;
}

/** Six octal digits, NUL, space: the only bytes of a header that its sum does not cover. */
function checksumField(checksum: number): string {
  return `${octal(checksum, 6)}\0 `;
}

function sum(source: Buffer, from: number, to: number): number {
  let total = 0;
  for (let at = from; at < to; at += 1) total += source[at]!;
  return total;
}
