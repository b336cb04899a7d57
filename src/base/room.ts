import { statfsSync } from 'node:fs';

/** FAT32 holds files of at most 4 GiB less one byte. */
const FAT_MAX_FILE = 4 * 1024 ** 3 - 1;

/** `f_type` of FAT file systems, as Linux has it. */
const FAT_TYPE = 0x4d44;

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
  try {
    return statfsSync(folder).type === FAT_TYPE ? FAT_MAX_FILE : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
