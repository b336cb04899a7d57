import { expect, test } from 'vitest';
import { ERROR_TEXTS } from '../../src/base/error-texts.ts';
import { asBundleError, BundleError, type ErrorCode, EXIT, fill, systemCode } from '../../src/base/errors.ts';

test('values are put where the text names them', () => {
  expect(fill('{{a}} and {{b}} and {{a}}', { a: 'x', b: 2 })).toBe('x and 2 and x');
  expect(fill('{{path}}', { path: '$& $1 {{a}} C:\\képek', a: 'no' })).toBe('$& $1 {{a}} C:\\képek');
  expect(fill('[{{missing}}]', {})).toBe('[]');
});

test('a message says what happened and why, the hint what to do next', () => {
  const cause = new Error('SQLITE_NOTADB: file is not a database');
  const error = new BundleError('db-not-sqlite', { cause, params: { path: '/a/indafoto.db' } });
  expect(error.message).toContain('/a/indafoto.db');
  expect(error.message).toContain('file is not a database');
  expect(error.hint).toContain('--db');
  expect(error.cause).toBe(cause);
});

const STATUS: Record<ErrorCode, number> = {
  usage: 2,
  'option-value': 2,
  'volume-too-small': 2,
  'series-begun': 2,
  'read-back-differs': 6,
  'output-exists': 2,
  'output-is-input': 2,
  'list-not-found': 2,
  'input-not-found': 4,
  'not-a-bundle': 4,
  'not-a-catalog': 4,
  'not-a-request': 4,
  'not-a-remote': 4,
  'not-a-side': 4,
  'operation-not-found': 2,
  'id-not-found': 2,
  'operation-unfinished': 2,
  'bundle-not-acceptable': 4,
  'head-damaged': 4,
  'not-all-applicable': 4,
  'db-not-found': 5,
  'db-not-sqlite': 5,
  'db-no-images': 5,
  'db-columns-missing': 5,
  'db-books-unknown': 5,
  'db-id-unusable': 5,
  'db-id-twice': 5,
  'db-counter-unusable': 5,
  'db-no-keys': 5,
  'db-corrupt': 5,
  'db-own-rules': 5,
  'db-unreadable': 5,
  'db-read-only': 5,
  'photos-not-there': 5,
  'root-not-found': 5,
  'db-locked': 6,
  'archive-locked': 6,
  'output-locked': 6,
  'no-space': 6,
  'io-error': 6,
  'file-limit-reached': 6,
  'output-failed': 6,
  'write-protected': 6,
  'report-failed': 6,
  'not-permitted': 6,
  'file-too-large': 6,
  interrupted: 130,
  internal: 1,
};

test('every code has its exit status, and is in this table', () => {
  expect(Object.keys(STATUS).sort()).toEqual(Object.keys(ERROR_TEXTS).sort());
  for (const [code, status] of Object.entries(STATUS)) {
    expect([code, new BundleError(code as ErrorCode).exitStatus]).toEqual([code, status]);
  }
  expect(EXIT.whole).toBe(0);
  expect(EXIT.partial).toBe(3);
});

const thrown = (code: string) => Object.assign(new Error(`${code}: failed`), { code });

test.each([
  ['ENOSPC', 'no-space'],
  ['EDQUOT', 'no-space'],
  ['SQLITE_FULL', 'no-space'],
  ['EIO', 'io-error'],
  ['EROFS', 'write-protected'],
  ['EFBIG', 'file-limit-reached'],
  ['SQLITE_IOERR_WRITE', 'io-error'],
  ['SQLITE_BUSY_SNAPSHOT', 'db-locked'],
  ['SQLITE_LOCKED', 'db-locked'],
  ['SQLITE_CORRUPT', 'db-corrupt'],
  ['SQLITE_NOTADB', 'db-corrupt'],
  ['SQLITE_CONSTRAINT_TRIGGER', 'db-own-rules'],
  ['EACCES', 'not-permitted'],
  ['EPERM', 'not-permitted'],
])('%s of the system becomes %s', (code, expected) => {
  const error = asBundleError(thrown(code), '/stick/trip.indabundle') as BundleError;
  expect(error.code).toBe(expected);
  expect(error.message).toContain('/stick/trip.indabundle');
  expect(error.message).toContain(code);
});

test('an abort is an interruption, a programming error stays what it is', () => {
  const abort = new DOMException('This operation was aborted', 'AbortError');
  expect((asBundleError(abort, 'x') as BundleError).code).toBe('interrupted');
  const mistake = new TypeError('x is not a function');
  expect(asBundleError(mistake, 'x')).toBe(mistake);
  expect(systemCode(null)).toBe('');
  expect(systemCode(Object.assign(new Error(), { code: 7 }))).toBe('');
});
