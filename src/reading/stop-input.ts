import { Readable } from 'node:stream';

/** Ends the wait for a stream that sends nothing when the work is stopped: it fails with what stopped it. */
export function stopInput(input: unknown, signal: AbortSignal | undefined): void {
  if (signal === undefined || !(input instanceof Readable)) return;
  const stop = () => {
    input.on('error', () => {}); // whoever reads is told; nobody may be reading any more
    input.destroy(new DOMException('the work was stopped', 'AbortError'));
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
}
