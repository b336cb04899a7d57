import { statfsSync } from 'node:fs';
import type { ErrorParams } from './errors.ts';

/** FAT32 holds files of at most 4 GiB less one byte. */
const FAT_MAX_FILE = 4 * 1024 ** 3 - 1;

/** `f_type` of file systems, as Linux has it. */
const FAT_TYPE = 0x4d44;
const EXFAT_TYPE = 0x2011bab0;
const WINDOWS_TYPES = new Set([FAT_TYPE, EXFAT_TYPE, 0x5346544e, 0x7366746e, 0x65735546]); // FAT, exFAT, NTFS twice, FUSE

/** Bytes that may still be written at `folder`; -1 where the system does not say. */
export function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return -1;
  }
}

/** The largest file that the file system at `folder` holds; Infinity where no limit is known. */
export function maxFileBytes(folder: string): number {
  return typeAt(folder) === FAT_TYPE ? FAT_MAX_FILE : Number.POSITIVE_INFINITY;
}

/** False where a file cannot have a second name, and times are as coarse as two seconds. */
export function hasLinks(folder: string): boolean {
  const type = typeAt(folder);
  return type !== FAT_TYPE && type !== EXFAT_TYPE;
}

/** True where names must keep to the rules of Windows, or may have to. */
export function hasWindowsNames(folder: string): boolean {
  return process.platform === 'win32' || WINDOWS_TYPES.has(typeAt(folder) ?? 0);
}

function typeAt(folder: string): number | null {
  try {
    return statfsSync(folder).type;
  } catch {
    return null;
  }
}

/** What an error says of room that is not there; `needed` and `free` are bytes. */
export function lackOfRoom(what: string, needed: number, free: number): ErrorParams {
  return { what, needed, free, reason: `${needed} bytes are needed and ${free} are free` };
}
