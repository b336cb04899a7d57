import { asBundleError, BundleError, type ExitStatus } from '../base/errors.ts';
import type { Finding } from '../base/findings.ts';

/** Whatever was thrown, as an error with a code; what nobody foresaw is `internal`. */
export function knownError(thrown: unknown): BundleError {
  const path = (thrown as NodeJS.ErrnoException | null)?.path;
  const error = asBundleError(thrown, typeof path === 'string' ? path : 'indabundle');
  return error instanceof BundleError ? error : new BundleError('internal', { cause: thrown });
}

/** An error as `--json` answers it. In English, whatever the language. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly params: BundleError['params'];
  readonly exitStatus: ExitStatus;
  readonly findings: readonly Finding[];
}

export function errorDocument(error: BundleError): ErrorDocument {
  const { code, message, params, exitStatus, findings } = error;
  return { code, message, hint: error.hint.replace(/ {2,}/g, ' '), params, exitStatus, findings };
}

/** Where an error comes from, down to the first cause, for a log or a developer. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
