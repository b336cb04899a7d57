import type { BundleError, ErrorCode } from '../base/errors.ts';
import { type FileKind, fileKind } from '../inspect/file-kind.ts';
import type { MessageKey } from './messages/en.ts';

/** What was wanted where these errors come from. */
const WANTED: Partial<Record<ErrorCode, readonly FileKind[]>> = {
  'not-a-bundle': ['bundle'],
  'bundle-not-acceptable': ['bundle'],
  'not-a-catalog': ['catalog', 'database'],
  'not-a-remote': ['catalog', 'database'],
  'not-a-request': ['request'],
};

/** The text for somebody who has named one of our files in the place of another; null for all other errors. */
export async function mistakenFile({ code, params }: BundleError): Promise<MessageKey | null> {
  const wanted = WANTED[code];
  const { path } = params;
  return wanted === undefined || typeof path !== 'string' ? null : await mistakenFor(path, wanted);
}

/** The same for a file that proved to be no `wanted` one. */
export async function mistakenFor(path: string, wanted: readonly FileKind[]): Promise<MessageKey | null> {
  const kind = await fileKind(path);
  return kind === null || wanted.includes(kind) ? null : `mistaken.${kind}`;
}
