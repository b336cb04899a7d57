import type { Environment } from './surroundings.ts';

export const LANGUAGES = ['en', 'hu'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Asked in this order; ours first, then as POSIX has it. */
const VARIABLES = ['INDABUNDLE_LANG', 'LC_ALL', 'LC_MESSAGES', 'LANG'] as const;

/** The language to speak: `--lang`, else the environment, else (Windows sets none) the system's own. */
export function chooseLanguage(flag: string | undefined, env: Environment): Language {
  if (flag === 'en' || flag === 'hu') return flag;
  const named = VARIABLES.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  return /^hu(?![a-z])/i.test(named ?? systemLocale()) ? 'hu' : 'en';
}

function systemLocale(): string {
  return new Intl.DateTimeFormat().resolvedOptions().locale;
}
