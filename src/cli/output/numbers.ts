import type { Language } from '../language.ts';

/**
 * Writes numbers as people of one language do. Below a thousand that is plain digits: the rules of languages take
 * 25 ms to be loaded, a tenth of a small command, and most reports have no larger number.
 */
export function numberFormat(language: Language): (value: number) => string {
  let rules: Intl.NumberFormat | null = null;
  return (value) => {
    if (Number.isInteger(value) && value >= 0 && value < 1000) return String(value);
    rules ??= new Intl.NumberFormat(language);
    return rules.format(value);
  };
}
