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
  if (data['kind'] === 'filters') return filtersText(page, data['filters']) ?? escapeForTerminal(words);
  return escapeForTerminal(words);
}

function filtersText({ texts }: Page, filters: unknown): string | null {
  if (typeof filters !== 'object' || filters === null) return null;
  const parts = FILTER_NAMES.flatMap((name) => {
    const value = (filters as Readonly<Record<string, unknown>>)[name];
    const values = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
    return values.length === 0
      ? []
      : [`${texts.t(`selection.${name}`)}: ${values.map(escapeForTerminal).join(', ')}`];
  });
  return parts.length === 0 ? null : parts.join('; ');
}
