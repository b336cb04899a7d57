import type { Manifest } from '../../manifest/types.ts';
import { escapeForTerminal } from '../output/escape.ts';
import type { Page } from '../output/page.ts';

const FILTER_NAMES = ['author', 'album', 'collection', 'tag', 'license', 'since', 'until'] as const;

/** What was asked for, in the language of the page where the data tells it, else in the exporter's words. */
export function selectionText(page: Page, selection: Manifest['selection']): string {
  const { words, data } = selection;
  if (data['kind'] === 'all') return page.texts.t('selection.all');
  if (data['kind'] === 'for') return page.texts.t('selection.for');
  if (data['kind'] === 'request' || data['kind'] === 'list') return page.texts.t('selection.request');
  if (data['kind'] === 'filters')
    return filtersText(page, data['filters'], data['more']) ?? escapeForTerminal(words);
  return escapeForTerminal(words);
}

function filtersText({ texts }: Page, filters: unknown, more: unknown): string | null {
  if (!isObject(filters)) return null;
  const andMore = (name: string) => {
    const rest = isObject(more) ? more[name] : undefined;
    return typeof rest === 'number' && rest > 0 ? `, ${texts.t('unit.more', { count: rest })}` : '';
  };
  const parts = FILTER_NAMES.flatMap((name) => {
    const value = filters[name];
    const values = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
    return values.length === 0
      ? []
      : [`${texts.t(`selection.${name}`)}: ${values.map(escapeForTerminal).join(', ')}${andMore(name)}`];
  });
  return parts.length === 0 ? null : parts.join('; ');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
