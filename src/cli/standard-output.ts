import { BundleError, systemCode } from '../base/errors.ts';

/** The name that means standard output. */
export const STANDARD_OUTPUT = '-';

/**
 * An error of the stream that a bundle was written to, as one of standard output; any other as it
 * is. Files and databases fail with a path, or with a code of SQLite.
 */
export function asOutputError(error: unknown): unknown {
  if (!(error instanceof BundleError) || !(error.cause instanceof Error)) return error;
  const { cause } = error;
  const { syscall, path } = cause as NodeJS.ErrnoException;
  if (systemCode(cause) === 'EPIPE')
    return new BundleError('output-failed', { cause, params: { reason: 'whoever read it went away' } });
  return syscall === 'write' && path === undefined ? new BundleError('output-failed', { cause }) : error;
}
