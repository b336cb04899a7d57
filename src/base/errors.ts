import { ERROR_TEXTS } from './error-texts.ts';
import type { Finding } from './findings.ts';

/** What the process answers to its caller; the same number for the same kind of end, always. */
export const EXIT = {
  whole: 0,
  internal: 1,
  usage: 2,
  partial: 3,
  refused: 4,
  archive: 5,
  environment: 6,
  interrupted: 130,
} as const;

export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
export type ErrorCode = keyof typeof ERROR_TEXTS;
export type ErrorParams = Readonly<Record<string, string | number>>;

export interface BundleErrorOptions {
  readonly params?: ErrorParams;
  readonly cause?: unknown;
  readonly findings?: readonly Finding[];
}

/**
 * Not being able to go on. `code` is stable and has one exit status; `message` says what happened
 * and why, `hint` what to do next, both in English; other languages are made from `code` and `params`.
 */
export class BundleError extends Error {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly hint: string;
  readonly findings: readonly Finding[];

  constructor(code: ErrorCode, options: BundleErrorOptions = {}) {
    const params = { reason: reasonOf(options.cause), ...options.params };
    const text = ERROR_TEXTS[code];
    super(fill(text.what, params), options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'BundleError';
    this.code = code;
    this.params = params;
    this.hint = fill(text.next, params);
    this.findings = options.findings ?? [];
  }

  get exitStatus(): ExitStatus {
    return EXIT[ERROR_TEXTS[this.code].exit];
  }
}

/** Puts `{{name}}` values into a text. */
export function fill(text: string, params: ErrorParams): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(params[name] ?? ''));
}

function reasonOf(cause: unknown): string {
  if (cause === undefined) return '';
  return cause instanceof Error ? cause.message : String(cause);
}

/** The error code of a failed system call (`ENOSPC`, `EIO`, ...), or of SQLite; '' for anything else. */
export function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

const ENVIRONMENT_CODES = /^(ENOSPC|EDQUOT|EIO|ENXIO|ENODEV|EMFILE|ENFILE|ESTALE|EPIPE)$/;
const SQLITE_ENVIRONMENT = /^SQLITE_(FULL|IOERR|CANTOPEN|BUSY|LOCKED|NOMEM|PROTOCOL|READONLY)/;

/** Code that a schema calls and only its own program brings along. */
const LACKING = /^no such (function|module|collation sequence)/;

const messageOf = (error: unknown) => (error instanceof Error ? error.message : '');

/** The file that a failed system call was about. */
function pathIn(error: unknown): string | null {
  const path = (error as { path?: unknown } | null)?.path;
  return typeof path === 'string' && path !== '' ? path : null;
}

/** True for what a signal throws: of somebody who stopped the work, for whatever reason of his own, or of time that ran out. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
  if (signal?.aborted && error === signal.reason) return true;
  return /^(AbortError|TimeoutError)$/.test((error as Error | null)?.name ?? '');
}

/**
 * Turns whatever was thrown into a BundleError when it comes from the machine (full disk, pulled
 * stick, locked database) or from whoever stopped the work; programmer mistakes come back unchanged. `what`
 * is named where the error names no file.
 */
export function asBundleError(error: unknown, what: string, signal?: AbortSignal): unknown {
  if (error instanceof BundleError) return error;
  if (isAbort(error, signal)) return new BundleError('interrupted');
  const code = systemCode(error);
  const params = { what: pathIn(error) ?? what };
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') {
    return new BundleError('no-space', { cause: error, params });
  }
  if (code === 'EFBIG') return new BundleError('file-limit-reached', { cause: error, params });
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code))
    return new BundleError('db-locked', { cause: error, params });
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code))
    return new BundleError('db-corrupt', { cause: error, params: { path: what } });
  if (code.startsWith('SQLITE_CONSTRAINT') || (code === 'SQLITE_ERROR' && LACKING.test(messageOf(error))))
    return new BundleError('db-own-rules', { cause: error, params: { path: what } });
  if (ENVIRONMENT_CODES.test(code) || SQLITE_ENVIRONMENT.test(code)) {
    return new BundleError('io-error', { cause: error, params });
  }
  if (/^E(NOENT|NOTDIR|NAMETOOLONG|LOOP)$/.test(code))
    return new BundleError('input-not-found', { cause: error, params: { path: params.what } });
  if (code === 'EROFS') return new BundleError('write-protected', { cause: error, params });
  if (/^E(ACCES|PERM|BUSY)$/.test(code)) return new BundleError('not-permitted', { cause: error, params });
  return error;
}
