import type { Asked } from '../../analyze/options.ts';
import { commandText } from '../command-text.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, type Fact, type Page, prose } from '../output/page.ts';

/** Images and bytes, and how many of them have no size that is known. */
export function amountText(
  { texts, figures }: Page,
  gap: Pick<Asked, 'images' | 'bytes' | 'sizesUnknown'>,
): string {
  const parts = [texts.t('unit.images', { count: gap.images })];
  if (gap.images > gap.sizesUnknown) parts.push(figures.bytes(gap.bytes));
  if (gap.sizesUnknown > 0) parts.push(texts.t('unit.sizesUnknown', { count: gap.sizesUnknown }));
  return parts.join(', ');
}

/** What is asked of one remote, and where the request is. */
export function askedFacts(page: Page, asked: Asked): Fact[] {
  const { t } = page.texts;
  const facts: Fact[] = [[t('fact.asked'), amountText(page, asked)]];
  if (asked.listId !== null) facts.push([t('fact.list'), asked.listId]);
  if (asked.requestPath !== null) {
    const size = page.figures.bytes(asked.requestBytes);
    facts.push([t('fact.request'), `${escapeForTerminal(asked.requestPath)} (${size})`]);
  }
  return facts;
}

/** How the remote answers what it is asked for. */
export function answerLines(page: Page, asked: Asked, db: string): string[] {
  const { t } = page.texts;
  if (asked.listId === null) return [];
  const bundle = `${asked.listId}.indabundle`;
  if (asked.requestPath === null) {
    const command = commandText(['export', '--list-id', asked.listId, '--for', db, '-o', bundle]);
    return [...prose(page, t('analyze.nextList')), ...commandLines(page, command)];
  }
  const path = asked.requestPath;
  const name = path.split(/[\\/]/).at(-1) ?? path;
  return [
    ...prose(page, t('analyze.nextSend', { path })),
    ...commandLines(page, commandText(['export', '--request', name, '-o', bundle])),
  ];
}
