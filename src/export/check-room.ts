import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { BundleError } from '../base/errors.ts';
import { freeBytes, hasWindowsNames, maxFileBytes, lackOfRoom } from '../base/room.ts';
import { PART_SUFFIX } from '../bundle/part-file.ts';

/** A file that is to be written, and how large it becomes at most. */
export interface ToWrite {
  readonly path: string;
  readonly largest: number;
}

/**
 * Tells before the first byte that bundles do not fit: all of them lie in one folder.
 *
 * @throws BundleError `file-too-large`, `no-space`
 */
export function checkRoom(files: readonly ToWrite[]): void {
  const [first] = files;
  if (first === undefined) return;
  const folder = dirname(first.path);
  const limit = maxFileBytes(folder);
  const tooLarge = files.find(({ largest }) => largest > limit);
  if (tooLarge) {
    const params = {
      what: basename(tooLarge.path),
      size: `${tooLarge.largest} bytes`,
      limit: `${limit} bytes`,
      path: folder,
    };
    throw new BundleError('file-too-large', { params });
  }
  const needed = files.reduce((sum, { path, largest }) => sum + largest - writtenAlready(path), 0);
  const free = freeBytes(folder);
  if (free >= 0 && free < needed)
    throw new BundleError('no-space', { params: lackOfRoom(folder, needed, free) });
}

const writtenAlready = (path: string) => statSync(path + PART_SUFFIX, { throwIfNoEntry: false })?.size ?? 0;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const NOT_ON_WINDOWS = /[<>:"/\\|?*\u0000-\u001f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * Tells before anything is made that the file system there cannot bear a name.
 *
 * @throws BundleError `option-value`
 */
export function checkName(path: string): void {
  if (!NOT_ON_WINDOWS.test(basename(path)) || !hasWindowsNames(dirname(path))) return;
  throw new BundleError('option-value', {
    params: {
      option: '-o',
      found: basename(path),
      expected: 'a name that the disk there can bear: without < > : " | ? *',
    },
  });
}
