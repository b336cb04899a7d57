import { BundleError } from '../base/errors.ts';
import type { Finding } from '../base/findings.ts';

/** Nothing of the bundle can be used; the first finding says why. What does not even begin as one may be another file. */
export function notAcceptable(path: string, findings: readonly Finding[]): BundleError {
  const [first] = findings;
  const beginsOtherwise = first?.code === 'frame-damaged' && first.where.offset === 0;
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
