import type { ListStatistics } from '../../analyze/analyze-list.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { type Fact, factList, type Page } from '../output/page.ts';
import { heading, type Mood } from './heading.ts';
import { shortTime } from './state-text.ts';

/** How far a list is. */
export function listLines(page: Page, list: ListStatistics): string[] {
  const { t } = page.texts;
  const mood: Mood = list.pending > 0 ? 'neutral' : list.errors > 0 ? 'partly' : 'good';
  return [
    ...heading(page, mood, t('list.title', { list: list.listId })),
    '',
    ...factList(page, facts(page, list)),
  ];
}

function facts({ texts, figures }: Page, list: ListStatistics): Fact[] {
  const { t } = texts;
  const facts: Fact[] = [];
  if (list.askedOf !== null) facts.push([t('fact.askedOf'), escapeForTerminal(list.askedOf)]);
  if (list.createdTime !== null) facts.push([t('fact.created'), `${shortTime(list.createdTime)} UTC`]);
  facts.push([t('fact.asked'), t('unit.images', { count: list.total })]);
  const counts = [
    ['fact.progress', list.completed],
    ['fact.waiting', list.pending],
    ['fact.failed', list.errors],
    ['fact.byHash', list.byHash],
    ['fact.byUrl', list.byUrl],
    ['fact.unclear', list.unclear],
  ] as const;
  for (const [key, count] of counts) {
    if (count > 0 || key === 'fact.progress') facts.push([t(key), figures.number(count)]);
  }
  return facts;
}
