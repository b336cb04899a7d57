import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ERROR_TEXTS } from '../../src/base/error-texts.ts';
import { FINDING_CODES } from '../../src/base/findings.ts';
import { en } from '../../src/cli/messages/en.ts';
import { hu, huDetails, huErrors } from '../../src/cli/messages/hu.ts';
import { loadTexts } from '../../src/cli/texts.ts';

function variables(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name ?? '').toSorted();
}

const LIBRARY = [
  'analyze',
  'apply',
  'archive',
  'backup',
  'base',
  'bundle',
  'catalog',
  'catalog-file',
  'cleanup',
  'diff',
  'export',
  'holdings',
  'inspect',
  'reading',
  'request-file',
  'revert',
  'status',
  'verify',
];
const SHORT_TEXT =
  /(?:\b(?:expected|found|detail|reason|problem): |(?:Request|Catalog)Refused\()(?:'([a-z][^']* [^']*)'|`([^`]* [^`]*)`)/g;

/** What the library says in short within findings and reasons, with a number in the place of each value. */
function shortTexts(): string[] {
  const texts = new Set<string>();
  for (const folder of LIBRARY) {
    const root = new URL(`../../src/${folder}/`, import.meta.url);
    for (const name of readdirSync(root)) {
      const source = readFileSync(new URL(name, root), 'utf8');
      for (const [, plain, template] of source.matchAll(SHORT_TEXT)) {
        texts.add((plain ?? template ?? '').replaceAll(/\$\{[^}]*\}/g, '7'));
      }
    }
  }
  return [...texts].filter((text) => /[a-z]/.test(text));
}

const entries = Object.entries(en) as [keyof typeof en, string][];

describe('the two languages', () => {
  test('have the same keys', () => {
    expect(Object.keys(hu).toSorted()).toEqual(Object.keys(en).toSorted());
    expect(Object.keys(huErrors).toSorted()).toEqual(Object.keys(ERROR_TEXTS).toSorted());
  });

  test.each(entries)('%s has the same variables in both', (key, text) => {
    expect(variables(hu[key])).toEqual(variables(text));
  });

  test.each(Object.entries(ERROR_TEXTS))('the error %s has the same variables in both', (code, text) => {
    const local = huErrors[code as keyof typeof huErrors];
    // A hint may name less than the English one does, never something that is not there.
    expect(variables(text.what)).toEqual(variables(local.what));
    expect(variables(text.next)).toEqual(expect.arrayContaining(variables(local.next)));
  });

  test('no text is empty, and none but names is the same in both', () => {
    for (const [key, text] of entries) {
      expect(text).not.toBe('');
      expect(hu[key]).not.toBe('');
    }
  });

  test('every finding has a sentence', () => {
    for (const code of FINDING_CODES) expect(en[`finding.${code}`]).toMatch(/\.$/);
  });

  test.each(shortTexts())('the library\'s "%s" is said in Hungarian too', async (text) => {
    const { detail } = await loadTexts('hu');
    expect(detail(text)).not.toBe(text);
  });

  test('the short texts of the library are matched whole', () => {
    for (const [english] of huDetails) expect(english.source).toMatch(/^\^.*\$$/);
  });
});

describe('texts', () => {
  test('values are made safe, and are no templates themselves', async () => {
    const { t } = await loadTexts('en');
    expect(t('export.done', { path: 'a\u001b[2Jb' })).toBe('a\\u{1b}[2Jb is ready.');
    expect(t('export.done', { path: '{{path}} $t(yes)' })).toBe('{{path}} $t(yes) is ready.');
  });

  test('numbers and plurals are those of the language', async () => {
    const [english, hungarian] = [await loadTexts('en'), await loadTexts('hu')];
    expect(english.t('unit.files', { count: 1 })).toBe('1 file');
    expect(english.t('unit.files', { count: 12_345 })).toBe('12,345 files');
    expect(hungarian.t('unit.files', { count: 12_345 })).toBe('12\u00a0345 fájl');
  });

  test('what the library says in short is said in Hungarian too', async () => {
    const { detail } = await loadTexts('hu');
    expect(detail('at most 512 bytes')).toBe('legfeljebb 512 bájt');
    expect(detail("Restored data doesn't match checksum")).toMatch(/nem egyezik/);
    expect(detail('files/ab/abcd.jpg')).toBe('files/ab/abcd.jpg');
  });
});
