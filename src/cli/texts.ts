import { createInstance, type i18n as I18n } from 'i18next';
import { ERROR_TEXTS } from '../base/error-texts.ts';
import { type BundleError, type ErrorCode, type ErrorParams, fill } from '../base/errors.ts';
import type { Finding } from '../base/findings.ts';
import type { Language } from './language.ts';
import { type Catalogue, en, type MessageKey } from './messages/en.ts';
import { escapeForTerminal } from './output/escape.ts';
import { makeFigures } from './output/figures.ts';
import { numberFormat } from './output/numbers.ts';

export type Values = Readonly<Record<string, string | number>>;

/** What a person reads about an error: what happened, and what to do next. */
export interface ErrorLines {
  readonly what: string;
  readonly next: string;
}

/** Every text that a person sees, in one language. Values are made safe for the terminal on the way. */
export interface Texts {
  readonly language: Language;
  /** The text of a key. `count` among the values chooses the plural form. */
  t(key: MessageKey, values?: Values): string;
  /** A short text of the library (what was expected, why something failed), made safe to print. */
  detail(text: string): string;
  error(error: BundleError): ErrorLines;
}

/** An error whose parameters are texts themselves, to be had in every language. */
export interface Localized {
  localParams(texts: Texts): ErrorParams;
}

/** What one language is made of. */
interface Source {
  readonly catalogue: Catalogue;
  readonly errors: { readonly [code in ErrorCode]: ErrorLines };
  readonly details: readonly (readonly [english: RegExp, local: string])[];
}

/** Loads a language; the other one is not even read from disk. */
export async function loadTexts(language: Language): Promise<Texts> {
  if (language === 'en') return makeTexts('en', { catalogue: en, errors: ERROR_TEXTS, details: [] });
  const { hu, huErrors, huDetails } = await import('./messages/hu.ts');
  return makeTexts('hu', { catalogue: hu, errors: huErrors, details: huDetails });
}

function makeTexts(language: Language, { catalogue, errors, details }: Source): Texts {
  const i18n = translator(language, catalogue);
  const shown = valueShower(language);
  const texts: Texts = {
    language,
    t: (key, values = {}) => {
      const { count } = values;
      if (typeof count !== 'number') return i18n.t(key, { replace: shown(values) });
      return i18n.t(key, { count, replace: { ...shown(values), count } });
    },
    detail: (text) => {
      const known = details.find(([english]) => english.test(text));
      return escapeForTerminal(known ? text.replace(known[0], known[1]) : text);
    },
    error: (error) => {
      const { what, next } = errors[error.code];
      const params = shown(localParams(texts, error));
      return { what: fill(what, params), next: fill(next, params).replace(/ {2,}/g, ' ') };
    },
  };
  return texts;
}

function translator(language: Language, catalogue: Catalogue): I18n {
  const i18n = createInstance();
  void i18n.init({
    lng: language,
    initAsync: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { [language]: { translation: { ...catalogue } } },
  });
  const number = numberFormat(language);
  i18n.services.formatter?.add('number', (value) => number(Number(value)));
  return i18n;
}

/** Texts made safe for the terminal, numbers as the language writes them. */
function valueShower(language: Language): (values: Values) => Record<string, string> {
  const number = numberFormat(language);
  const shown = (value: string | number): string =>
    typeof value === 'string' ? escapeForTerminal(value) : number(value);
  return (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)]));
}

function localParams(texts: Texts, error: BundleError): ErrorParams {
  if ('localParams' in error) return (error as BundleError & Localized).localParams(texts);
  const params = Object.entries(error.params).map(([name, value]) => [
    name,
    typeof value === 'string' ? texts.detail(value) : value,
  ]);
  const { needed, free } = error.params;
  if (typeof needed === 'number' && typeof free === 'number')
    return { ...Object.fromEntries(params), reason: roomText(texts, needed, free) };
  const [first] = error.findings;
  return { ...Object.fromEntries(params), ...(first ? { reason: sentenceOf(texts, first) } : {}) };
}

function roomText({ t, language }: Texts, needed: number, free: number): string {
  const { bytes } = makeFigures(language);
  return t('error.room', { needed: bytes(needed), free: bytes(free) });
}

/** The finding that an error speaks of, to stand inside of a sentence; the list below it has the details. */
function sentenceOf(texts: Texts, finding: Finding): string {
  const { code, expected, found } = finding;
  if (code !== 'not-a-bundle' || expected === undefined) return texts.t(`finding.${code}`).replace(/\.$/, '');
  const parts = [`${texts.t('finding.expected')}: ${texts.detail(expected)}`];
  if (found !== undefined) parts.push(`${texts.t('finding.found')}: ${texts.detail(found)}`);
  return parts.join(', ');
}
