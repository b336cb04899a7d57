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
    case 'filters':
      return {
        words: filterWords(selection.filters),
        data: { kind: 'filters', ...filterData(selection.filters), ...extras },
      };
  }
}

/** Values of a filter that a manifest names, and how much of each: who asks for thousands knows them. */
const VALUES_NAMED = 100;
const LONGEST_VALUE = 500;

/** What the format allows for the words. */
const LONGEST_WORDS = 20_000;

type FilterEntry = [name: keyof Filters, value: string | readonly string[]];

function filterWords(filters: Filters): string {
  const words = (Object.entries(filters) as FilterEntry[]).map(([name, value]) => {
    if (typeof value === 'string') return `${name} ${value}`;
    const rest = value.length - VALUES_NAMED;
    const named = value.slice(0, VALUES_NAMED).map((item) => `"${shortened(item)}"`);
    return `${name} ${[...named, ...(rest > 0 ? [`${rest} more`] : [])].join(' or ')}`;
  });
  return `pictures with ${words.join(', ')}`.slice(0, LONGEST_WORDS).toWellFormed();
}

/** The filters with the values that are named, and how many are not, by filter. */
function filterData(filters: Filters): { filters: object; more?: object } {
  const named: { [name: string]: unknown } = {};
  const more: { [name: string]: number } = {};
  for (const [name, value] of Object.entries(filters) as FilterEntry[]) {
    named[name] = typeof value === 'string' ? value : value.slice(0, VALUES_NAMED).map(shortened);
    if (typeof value !== 'string' && value.length > VALUES_NAMED) more[name] = value.length - VALUES_NAMED;
  }
  return { filters: named, ...(Object.keys(more).length > 0 ? { more } : {}) };
}

const shortened = (value: string) =>
  value.length <= LONGEST_VALUE ? value : `${value.slice(0, LONGEST_VALUE)}…`.toWellFormed();
