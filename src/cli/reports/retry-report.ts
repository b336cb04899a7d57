import type { AnalyzeOptions, RetryResult } from '../../analyze/options.ts';
import { type Fact, factList, type Page, prose } from '../output/page.ts';
import { remoteName } from './analyze-report.ts';
import { answerLines, askedFacts } from './asked-facts.ts';
import { heading } from './heading.ts';

function title(page: Page, { dryRun, failed, hereMeanwhile, remotes, listId: list }: RetryResult): string[] {
  const { t } = page.texts;
  if (dryRun) return heading(page, 'neutral', t('analyze.retryDry', { list }));
  if (hereMeanwhile === failed) return heading(page, 'good', t('analyze.retryHere', { list }));
  if (remotes.every(({ asked }) => asked.images === 0))
    return heading(page, 'partly', t('analyze.retryNowhere', { list }));
  return heading(page, 'good', t('analyze.retried', { list }));
}

/** What is asked of others now, and what nobody has. */
export function retryLines(page: Page, result: RetryResult, options: AnalyzeOptions): string[] {
  const { texts, figures } = page;
  const { t } = texts;
  if (result.failed === 0) return heading(page, 'good', t('analyze.retryNothing', { list: result.listId }));
  const facts: Fact[] = [[t('fact.failed'), figures.number(result.failed)]];
  if (result.hereMeanwhile > 0) facts.push([t('fact.hereMeanwhile'), figures.number(result.hereMeanwhile)]);
  const lines = [...title(page, result), '', ...factList(page, facts)];
  if (result.notFound > 0) lines.push('', ...prose(page, t('analyze.notFound', { count: result.notFound })));
  for (const [at, { remote, label, asked }] of result.remotes.entries()) {
    if (asked.images === 0) continue;
    lines.push('', ...prose(page, remoteName(page, label, options.remotes[at] ?? remote)));
    lines.push(...factList(page, askedFacts(page, asked)));
    const answer = answerLines(page, asked, options.db);
    if (answer.length > 0) lines.push('', ...answer);
  }
  return lines;
}
