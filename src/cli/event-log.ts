import { openSync, statSync } from 'node:fs';
import type { Observer } from '../base/events.ts';
import { asBundleError, BundleError, systemCode } from '../base/errors.ts';
import { firstBytes } from '../base/first-bytes.ts';
import { thinned } from './progress/json-display.ts';

/** The log that `--log-file` asks for. */
export interface EventLog {
  readonly observer: Observer;
  write(level: 'info' | 'error', message: string, facts: object): void;
}

export const noLog: EventLog = { observer: () => {}, write: () => {} };

/**
 * Opens a log that is added to, one JSON object a line, every line written before the next thing
 * happens. The logger is loaded only here, because that takes as long as a whole `--help`.
 *
 * @throws BundleError when the file cannot be written
 */
export async function openLog(path: string): Promise<EventLog> {
  const fd = openForAdding(path);
  const { pino } = await import('pino');
  const formatters = { level: (label: string) => ({ level: label }) };
  const settings = { base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters };
  const logger = pino(settings, pino.destination({ fd, sync: true }));
  return {
    observer: thinned((event) => {
      const { type, ...facts } = event;
      if (type === 'finding' || type === 'omitted') logger.warn(facts, type);
      else logger.info(facts, type);
    }),
    write: (level, message, facts) => logger[level](facts, message),
  };
}

/** How each line of a log begins. */
const LOG_BEGINS = '{"level":';

/** Nothing but an earlier log is added to: a slip of the pen must not spoil a bundle or a database. */
function checkLog(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size === 0) return;
  if (firstBytes(path, LOG_BEGINS.length).toString('latin1') === LOG_BEGINS) return;
  throw new BundleError('option-value', {
    params: { option: '--log-file', found: path, expected: 'a new file, or an earlier log' },
  });
}

function openForAdding(path: string): number {
  try {
    checkLog(path);
    return openSync(path, 'a');
  } catch (cause) {
    if (/^(ENOENT|ENOTDIR|EISDIR|ENAMETOOLONG)$/.test(systemCode(cause)))
      throw new BundleError('option-value', {
        cause,
        params: { option: '--log-file', found: path, expected: 'a file in a folder that exists' },
      });
    const known = asBundleError(cause, path);
    throw known instanceof BundleError
      ? known
      : new BundleError('io-error', { cause, params: { what: path } });
  }
}
