import { BundleError } from '../base/errors.ts';
import type { Finding } from '../base/findings.ts';

/** Nothing of the bundle was applied; the first finding says why. */
export function notAcceptable(path: string, findings: readonly Finding[]): BundleError {
  const [first] = findings;
  const detail = first?.expected === undefined ? '' : ` (expected ${first.expected}, found ${first.found})`;
  const code = first?.code === 'not-a-bundle' ? 'not-a-bundle' : 'bundle-not-acceptable';
  return new BundleError(code, {
    params: { path, reason: `${first?.code ?? 'truncated'}${detail}` },
    findings,
  });
}
