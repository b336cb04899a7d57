import prettyBytes from 'pretty-bytes';
import { requirePackage } from '../../base/require-package.ts';
import type { Language } from '../language.ts';
import { numberFormat } from './numbers.ts';

/** Numbers as people of one language write them. */
export interface Figures {
  number(value: number): string;
  /** `3.4 MB`; '?' below zero, which means unknown. */
  bytes(value: number): string;
  /** `1 minute, 12 seconds`. */
  duration(seconds: number): string;
  /** `2:03`, or `1:02:03`: short and steady, for a progress bar. */
  clock(seconds: number): string;
  /** Day and time of an ISO text, in UTC; the text itself if it is no time. */
  time(iso: string): string;
}

export function makeFigures(language: Language): Figures {
  let times: Intl.DateTimeFormat | null = null;
  // English is what it writes without rules of a language, which take a while to be loaded.
  const size = language === 'en' ? {} : { locale: language };
  return {
    number: numberFormat(language),
    bytes: (value) => (value < 0 ? '?' : prettyBytes(value, size)),
    duration: (seconds) => {
      const shown = seconds < 10 ? Math.max(0.1, Math.round(seconds * 10) / 10) : Math.round(seconds);
      const humanizeDuration = requirePackage('humanize-duration') as typeof import('humanize-duration');
      return humanizeDuration(shown * 1000, { language, largest: 2, maxDecimalPoints: 1 });
    },
    clock,
    time: (iso) => {
      const time = new Date(iso);
      if (Number.isNaN(time.getTime())) return iso;
      times ??= new Intl.DateTimeFormat(language, {
        dateStyle: 'long',
        timeStyle: 'short',
        timeZone: 'UTC',
      });
      return times.format(time);
    },
  };
}

function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
