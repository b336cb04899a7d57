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
        data: { kind: 'filters', filters: { ...selection.filters }, ...extras },
      };
  }
}

function filterWords(filters: Filters): string {
  const words = Object.entries(filters).map(([name, value]) => {
    if (typeof value === 'string') return `${name} ${value}`;
    return `${name} ${(value as readonly string[]).map((item) => `"${item}"`).join(' or ')}`;
  });
  return `pictures with ${words.join(', ')}`;
}
