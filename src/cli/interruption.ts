import { EXIT } from '../base/errors.ts';

const RESTORE_LINE_WRAP = '\u001b[?7h';

/**
 * The first Ctrl-C (or the closing of the terminal) asks to stop cleanly, through the signal that
 * is returned; the second ends the process at once. What is on disk is valid at every moment.
 */
export function listenForInterrupts(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (!controller.signal.aborted) {
      controller.abort();
      return;
    }
    if (process.stderr.isTTY) process.stderr.write(`${RESTORE_LINE_WRAP}\n`);
    process.exit(EXIT.interrupted);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return controller.signal;
}
