import { BundleError } from '../base/errors.ts';
import type { Finding } from '../base/findings.ts';

/**
 * Nothing of the bundle can be used; the first finding says why. What does not even begin as one, and of
 * which nothing else is known to be one, may be another file.
 */
export function notAcceptable(path: string, findings: readonly Finding[], isKnown = false): BundleError {
  const [first] = findings;
  const beginsOtherwise = !isKnown && first?.code === 'frame-damaged' && first.where.offset === 0;
  const isAnother = first?.code === 'not-a-bundle' || beginsOtherwise;
  const reason = first === undefined ? 'it is empty' : reasonOf(first);
  return new BundleError(isAnother ? 'not-a-bundle' : 'bundle-not-acceptable', {
    params: { path, reason },
    findings,
  });
}

function reasonOf({ code, expected, found }: Finding): string {
  return expected === undefined ? code : `${code}: expected ${expected}, found ${found}`;
}
