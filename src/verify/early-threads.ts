import { statusAt } from '../base/status-at.ts';
import { startEarly, usualThreads } from '../base/threads.ts';
import { READING_WORK } from '../reading/reading-work.ts';

/**
 * Starts threads for the bundle that will be read first, if that is a file: whoever loads the reader only now
 * has both at the same time. `asked` threads; by the size of the file when undefined.
 */
export function startReadingEarly([first]: readonly string[], asked: number | undefined): void {
  if (first === undefined) return;
  try {
    const status = statusAt(first);
    if (status?.isFile()) startEarly(READING_WORK, asked ?? usualThreads(status.size));
  } catch {
    return; // whoever reads it will say what is wrong
  }
}
