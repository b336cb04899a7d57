import type { SeriesState } from '../../apply/options.ts';
import { volumeNumbersText } from '../../base/volume-text.ts';
import type { FoundSeries } from '../../inspect/find-series.ts';
import { type Page, prose } from '../output/page.ts';
import { heading } from './heading.ts';

/** Which volumes are there, which are missing or doubled, and whether they belong together. */
export function seriesLines(page: Page, series: readonly FoundSeries[]): string[] {
  const lines = series.flatMap((found) => [...oneSeries(page, found), '']);
  if (series.length < 2) return lines;
  return [...heading(page, 'partly', page.texts.t('series.mixed', { count: series.length })), '', ...lines];
}

function oneSeries(page: Page, { count, volumes, missing, doubled, label, created }: FoundSeries): string[] {
  const { t } = page.texts;
  const facts = { count, label: page.texts.detail(label), time: page.figures.time(created) };
  const numbers = volumeNumbersText([...new Set(volumes.map(({ number }) => number))]);
  const isWhole = missing.length === 0;
  return [
    ...heading(
      page,
      'neutral',
      isWhole ? t('series.foundAll', facts) : t('series.found', { ...facts, numbers }),
    ),
    ...(isWhole ? [] : prose(page, t('series.missing', { numbers: volumeNumbersText(missing) }), '  ')),
    ...(doubled.length === 0
      ? []
      : prose(page, t('series.doubled', { numbers: volumeNumbersText(doubled) }), '  ')),
  ];
}

/** `applied 1-3 of 12; still to come: 4-12`. */
export function seriesText(
  { texts }: Page,
  { count, applied, missing }: Pick<SeriesState, 'count' | 'applied' | 'missing'>,
): string {
  if (missing.length === 0) return texts.t('fact.seriesWhole', { count });
  return texts.t('fact.seriesOpen', {
    applied: volumeNumbersText(applied) || '0',
    count,
    missing: volumeNumbersText(missing),
  });
}
