import { MAX_SELECTION_WORDS } from '../base/limits.ts';
import type { Manifest } from '../manifest/types.ts';
import type { ExportOptions, Filters } from './options.ts';

/** What was asked for, in English words and as data; never a path. */
export function selectionWords(options: ExportOptions): Manifest['selection'] {
  const { selection } = options;
  const extras = {
    ...(options.metadataUpdates ? { metadata_updates: true } : {}),
    ...(options.includePersonal ? { include_personal: true } : {}),
    ...(options.rehash ? { rehash: true } : {}),
  };
  switch (selection.kind) {
    case 'all':
      return { words: 'all pictures', data: { kind: 'all', ...extras } };
    case 'for':
      return { words: 'what another archive lacks', data: { kind: 'for', ...extras } };
    case 'request':
    case 'list':
      return { words: 'what another archive asked for', data: { kind: selection.kind, ...extras } };
    case 'filters': {
      const named = namedFilters(selection.filters);
      return {
        words: filterWords(named),
        data: { kind: 'filters', ...named, ...extras },
      };
    }
  }
}

/** Values of a filter that a manifest names, and how much of each: who asks for thousands knows them. */
const VALUES_NAMED = 100;
const LONGEST_VALUE = 500;

/** The filters with the values that are named, and how many are not, by filter. */
interface NamedFilters {
  readonly filters: { readonly [name: string]: string | readonly string[] };
  readonly more?: { readonly [name: string]: number };
}

function namedFilters(all: Filters): NamedFilters {
  const filters: { [name: string]: string | readonly string[] } = {};
  const more: { [name: string]: number } = {};
  for (const [name, value] of Object.entries(all) as [string, string | readonly string[]][]) {
    filters[name] = typeof value === 'string' ? value : value.slice(0, VALUES_NAMED).map(shortened);
    if (typeof value !== 'string' && value.length > VALUES_NAMED) more[name] = value.length - VALUES_NAMED;
  }
  return { filters, ...(Object.keys(more).length > 0 ? { more } : {}) };
}

function filterWords({ filters, more = {} }: NamedFilters): string {
  const words = Object.entries(filters).map(([name, value]) => {
    if (typeof value === 'string') return `${name} ${value}`;
    const rest = name in more ? [`${more[name]} more`] : [];
    return `${name} ${[...value.map((item) => `"${item}"`), ...rest].join(' or ')}`;
  });
  return `pictures with ${words.join(', ')}`.slice(0, MAX_SELECTION_WORDS).toWellFormed();
}

const shortened = (value: string) =>
  value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE)}…`.toWellFormed();
