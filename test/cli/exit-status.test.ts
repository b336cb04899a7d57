import { describe, expect, test } from 'vitest';
import { ERROR_TEXTS } from '../../src/base/error-texts.ts';
import { BundleError, type ErrorCode, EXIT } from '../../src/base/errors.ts';
import {
  applyStatus,
  exportStatus,
  inspectStatus,
  verifyStatus,
  worstOfApplied,
  worstStatus,
} from '../../src/cli/exit-status.ts';
import { knownError } from '../../src/cli/known-error.ts';

const NOTHING = { added: 0, present: 0, restored: 0, conflict: 0, banned: 0, 'metadata-only': 0, failed: 0 };
const WHERE = { where: {} };

test.each(Object.keys(ERROR_TEXTS) as ErrorCode[])(
  'the error %s has one of the documented statuses',
  (code) => {
    const { exitStatus } = new BundleError(code);
    expect(Object.values(EXIT)).toContain(exitStatus);
    expect(exitStatus).not.toBe(EXIT.whole);
  },
);

test('a file that the exporter left out makes an export partial', () => {
  expect(exportStatus({ omittedTotal: 0 })).toBe(0);
  expect(exportStatus({ omittedTotal: 1 })).toBe(3);
});

test('verify answers 0, 3 and 4', () => {
  expect(verifyStatus({ verdict: 'whole' })).toBe(0);
  expect(verifyStatus({ verdict: 'omissions' })).toBe(3);
  expect(verifyStatus({ verdict: 'damaged' })).toBe(4);
});

test('inspect answers 4 for damage that it sees, and 0 for omissions', () => {
  expect(inspectStatus({ findings: [] })).toBe(0);
  expect(inspectStatus({ findings: [{ code: 'file-omitted', gravity: 'omission', ...WHERE }] })).toBe(0);
  expect(inspectStatus({ findings: [{ code: 'truncated', gravity: 'damage', ...WHERE }] })).toBe(4);
});

test('apply: conflicts, bans and records without photos are no failures', () => {
  const harmless = { ...NOTHING, conflict: 3, banned: 2, 'metadata-only': 1 };
  expect(applyStatus({ findingsTotal: 0, outcomes: harmless })).toBe(0);
  expect(applyStatus({ findingsTotal: 1, outcomes: NOTHING })).toBe(3);
  expect(applyStatus({ findingsTotal: 0, outcomes: { ...NOTHING, failed: 1 } })).toBe(3);
});

describe('several bundles', () => {
  test('the status that counts most', () => {
    expect(worstStatus([])).toBe(0);
    expect(worstStatus([0, 3, 0])).toBe(3);
    expect(worstStatus([3, 4])).toBe(4);
    expect(worstStatus([4, 6, 130])).toBe(130);
  });

  test('one refused beside one applied is done in part', () => {
    expect(worstOfApplied([0, 4])).toBe(3);
    expect(worstOfApplied([4, 4])).toBe(4);
    expect(worstOfApplied([0, 6])).toBe(6);
  });
});

test('what nobody foresaw is an internal error, and a full disk is not', () => {
  expect(knownError(new TypeError('x is undefined')).code).toBe('internal');
  expect(knownError('thrown text').code).toBe('internal');
  expect(knownError(Object.assign(new Error('write'), { code: 'ENOSPC', path: '/stick' })).code).toBe(
    'no-space',
  );
});
