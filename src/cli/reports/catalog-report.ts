import type { CatalogResult } from '../../catalog/options.ts';
import { commandText } from '../command-text.ts';
import { commandLines, type Fact, factList, type Page, prose } from '../output/page.ts';
import { heading } from './heading.ts';

/** What the catalogue lists, what it does not tell anybody, and what the other does with it. */
export function catalogLines(page: Page, result: CatalogResult, name: string): string[] {
  const { t } = page.texts;
  const request = name.replace(/\.indacatalog$/, '') + '.indarequest';
  return [
    ...heading(page, 'good', t('catalog.done', { path: result.path })),
    '',
    ...factList(page, facts(page, result)),
    '',
    ...prose(page, t('catalog.private')),
    ...commandLines(page, commandText(['analyze', '--remote', name, '-o', request])),
    ...commandLines(page, commandText(['export', '--for', name, '-o', 'trip.indabundle'])),
  ];
}

function facts({ texts, figures }: Page, result: CatalogResult): Fact[] {
  const { t } = texts;
  const facts: Fact[] = [
    [t('fact.images'), figures.number(result.images)],
    [
      t('fact.here'),
      t('fact.photosWithSize', {
        files: figures.number(result.here),
        size: figures.bytes(result.photoBytes),
      }),
    ],
  ];
  if (result.missing > 0) facts.push([t('fact.missingHere'), figures.number(result.missing)]);
  if (result.withoutDigest > 0) facts.push([t('fact.withoutDigest'), figures.number(result.withoutDigest)]);
  const size = figures.bytes(result.catalogBytes);
  const each = figures.bytes(Math.round(result.catalogBytes / Math.max(1, result.images)));
  facts.push([t('fact.catalog'), result.images === 0 ? size : t('fact.catalogSize', { size, each })]);
  facts.push([t('fact.time'), figures.duration(result.seconds)]);
  return facts;
}
