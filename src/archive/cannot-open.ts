import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { asBundleError, BundleError, type ErrorCode, systemCode } from '../base/errors.ts';

const FORBIDDEN = /^E(ACCES|PERM|ROFS)$/;

/**
 * SQLite says of any file that it cannot open just that. Asked again, the system tells whether it
 * is forbidden, which is `code`, or whether the disk has failed.
 */
export function asCannotOpen(error: unknown, path: string, code: ErrorCode): unknown {
  const system = systemCode(error);
  const isForbidden = FORBIDDEN.test(system) || /^SQLITE_(READONLY|PERM|AUTH)/.test(system);
  if (isForbidden || (/^SQLITE_CANTOPEN/.test(system) && FORBIDDEN.test(refusal(path)))) {
    return new BundleError(code, { cause: error, params: { path, what: path } });
  }
  return asBundleError(error, path);
}

/** Why the system does not let the file, or a new one beside it, be written; '' when it does. */
function refusal(path: string): string {
  try {
    accessSync(dirname(path), constants.W_OK);
    closeSync(openSync(path, 'a'));
    return '';
  } catch (error) {
    return systemCode(error);
  }
}
