import { BundleError } from './errors.ts';
import { MAX_LABEL_LENGTH } from './limits.ts';

/**
 * What an archive is called in the files that others get.
 *
 * @throws BundleError `option-value` for what no reader would accept
 */
export function sourceLabel(label = 'photo archive'): string {
  if (label.length <= MAX_LABEL_LENGTH && label.isWellFormed() && !label.includes('\0')) return label;
  const found = `${label.slice(0, 20)}...`;
  throw new BundleError('option-value', {
    params: { option: '--label', found, expected: `a text of at most ${MAX_LABEL_LENGTH} characters` },
  });
}

/**
 * A time as our files bear it; now, where none is given.
 *
 * @throws BundleError `option-value`
 */
export function creationTime(created = `${new Date().toISOString().slice(0, 19)}Z`): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(created) && !Number.isNaN(Date.parse(created))) return created;
  throw new BundleError('option-value', {
    params: { option: '--created', found: created, expected: 'a time such as 2026-03-14T10:15:00Z' },
  });
}
