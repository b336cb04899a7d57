import type { CleanupResult, LitterKind } from '../../cleanup/options.ts';
import { type Page, prose } from '../output/page.ts';
import { tableLines } from '../output/table.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { heading } from './heading.ts';

/** What goes, or went, by kind; which operations cannot be taken back any more; what is kept for whom. */
export function cleanupLines(page: Page, result: CleanupResult, asPlan = false): string[] {
  const lines = title(page, result, asPlan);
  if (result.litter.length > 0) lines.push('', ...litterTable(page, result));
  const unfinished = idsLine(page, 'cleanup.unfinished', result.unfinished);
  const ends = idsLine(page, 'cleanup.revertEnds', result.revertEnds);
  if (ends.length > 0) lines.push('', ...ends);
  if (unfinished.length > 0) lines.push('', ...unfinished);
  if (result.dryRun && !asPlan && result.litter.length > 0) {
    lines.push('', ...prose(page, page.texts.t('cleanup.nextWrite')));
  }
  return lines;
}

function title(page: Page, { litter, dryRun, bytes }: CleanupResult, asPlan: boolean): string[] {
  const { texts, figures } = page;
  if (litter.length === 0) return heading(page, 'good', texts.t('cleanup.nothing'));
  const key = asPlan ? 'plan' : dryRun ? 'dryRun' : 'done';
  const size = figures.bytes(bytes);
  return heading(page, key === 'done' ? 'good' : 'neutral', texts.t(`cleanup.${key}`, { size }));
}

/** Names of one kind that are shown; `--json` has all. */
const SHOWN = 3;

function litterTable(page: Page, { litter, counts }: CleanupResult): string[] {
  const { texts, figures } = page;
  const columns = [
    { title: texts.t('column.what'), fit: 'wrap', least: 24 },
    { title: texts.t('column.count'), align: 'right' },
    { title: texts.t('column.size'), align: 'right' },
    { title: texts.t('column.name'), fit: 'middle', least: 16 },
  ] as const;
  const kinds = (Object.keys(counts) as LitterKind[]).filter((kind) => counts[kind] > 0);
  const rows = kinds.flatMap((kind) => {
    const names = litter.filter((one) => one.kind === kind);
    const size = names.reduce((sum, { bytes }) => sum + bytes, 0);
    const head = [
      texts.t(`litter.${kind}`),
      figures.number(counts[kind]),
      size > 0 ? figures.bytes(size) : '',
    ];
    const shown = names.slice(0, SHOWN).map(({ name }) => escapeForTerminal(name));
    if (counts[kind] > shown.length) shown.push(texts.t('unit.more', { count: counts[kind] - shown.length }));
    return shown.map((name, at) => [...(at === 0 ? head : ['', '', '']), name]);
  });
  return tableLines(page, columns, rows);
}

function idsLine(
  page: Page,
  key: 'cleanup.unfinished' | 'cleanup.revertEnds',
  ids: readonly string[],
): string[] {
  if (ids.length === 0) return [];
  const rest = ids.length - SHOWN;
  const more = rest > 0 ? `, ${page.texts.t('unit.more', { count: rest })}` : '';
  const values = { count: ids.length, ids: ids.slice(0, SHOWN).join(', ') + more };
  return prose(page, page.texts.t(key, values));
}
