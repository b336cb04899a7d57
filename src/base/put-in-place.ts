import { linkSync, unlinkSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE = 20;
const LAST_PAUSE = 5000;

/**
 * Renames a file, over another one where that is there. On Windows a virus scanner or an indexer
 * may hold either of them for a moment: it is tried again for about ten seconds.
 */
export async function patientRename(
  from: string,
  to: string,
  attempt: typeof rename = rename,
  system: NodeJS.Platform = process.platform,
): Promise<void> {
  for (let pause = FIRST_PAUSE; ; pause *= 2) {
    try {
      await attempt(from, to);
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (system !== 'win32' || !/^(EPERM|EBUSY|EACCES)$/.test(code) || pause > LAST_PAUSE) throw error;
      await sleep(pause);
    }
  }
}

/** What file systems answer that know no such thing: some of networks, and of virtual machines' shared folders. */
const CANNOT_SYNC = /^(EINVAL|ENOTSUP|EOPNOTSUPP|ENOSYS)$/;

/** Makes names in a folder durable, where that can be asked for; Windows cannot open a folder, and does it itself. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!CANNOT_SYNC.test((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/** What systems answer where a file system has no hard links. */
const NO_LINKS = new Set([
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EMLINK',
  'EXDEV',
  'EINVAL',
  'EISDIR',
  'UNKNOWN',
]);

/** A file, and the name that it is to have. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** What became of a move: done; something has the name already; or the file system has no links. */
export type Moved = 'done' | 'taken' | 'no-links';

/** Gives a file another name, never one that something has: by a link, so that nothing is replaced. */
export function moveByLink({ from, to }: Move): Moved {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EEXIST') return 'taken';
    if (NO_LINKS.has(code)) return 'no-links';
    throw error;
  }
  unlinkSync(from);
  return 'done';
}
