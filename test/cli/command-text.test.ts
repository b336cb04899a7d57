import { expect, test } from 'vitest';
import { commandText } from '../../src/cli/command-text.ts';
import { chooseLanguage } from '../../src/cli/language.ts';

test.each([
  [['apply', 'trip.indabundle'], 'indabundle apply trip.indabundle'],
  [['export', '--label', 'Kovács Éva'], 'indabundle export --label "Kovács Éva"'],
  [['verify', 'a$b'], "indabundle verify 'a$b'"],
  [['verify', "it's"], "indabundle verify 'it'\\''s'"],
  [['verify', 'a\nb'], "indabundle verify $'a\\u000ab'"],
  [['verify', "it's\t\\"], "indabundle verify $'it\\'s\\u0009\\\\'"],
  [['verify', '-x.indabundle', '--quiet'], 'indabundle verify ./-x.indabundle --quiet'],
  [['export', '--level', '-5', '-o', '-'], 'indabundle export --level -5 -o -'],
  [['verify', ''], 'indabundle verify ""'],
])('%j can be typed again in a POSIX shell', (argv, text) => {
  expect(commandText(argv, 'linux')).toBe(text);
});

test.each([
  [['apply', 'D:\\képek\\út.indabundle'], 'indabundle apply "D:\\képek\\út.indabundle"'],
  [['apply', 'D:\\trip.indabundle'], 'indabundle apply D:\\trip.indabundle'],
  [['export', '--label', 'Kovács Éva'], 'indabundle export --label "Kovács Éva"'],
])('%j can be typed again on Windows', (argv, text) => {
  expect(commandText(argv, 'win32')).toBe(text);
});

test.each([
  [undefined, { LANG: 'hu_HU.UTF-8' }, 'hu'],
  [undefined, { LANG: 'hu' }, 'hu'],
  [undefined, { LC_ALL: 'en_US.UTF-8', LANG: 'hu_HU.UTF-8' }, 'en'],
  [undefined, { LC_ALL: '', LC_MESSAGES: 'hu_HU', LANG: 'C' }, 'hu'],
  [undefined, { INDABUNDLE_LANG: 'hu', LANG: 'de_DE' }, 'hu'],
  [undefined, { LANG: 'huX' }, 'en'],
  ['hu', { LANG: 'en_US' }, 'hu'],
  ['xx', { LANG: 'hu_HU' }, 'hu'],
] as const)('--lang %s with %j speaks %s', (flag, env, language) => {
  expect(chooseLanguage(flag, env)).toBe(language);
});
