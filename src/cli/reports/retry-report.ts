import type { AnalyzeOptions, RetryResult } from '../../analyze/options.ts';
import { type Fact, factList, type Page, prose } from '../output/page.ts';
import { remoteName } from './analyze-report.ts';
import { answerLines, askedFacts } from './asked-facts.ts';
import { heading } from './heading.ts';

/** What is asked of others now, and what nobody has. */
export function retryLines(page: Page, result: RetryResult, options: AnalyzeOptions): string[] {
  const { texts, figures } = page;
  const { t } = texts;
  if (result.failed === 0) return heading(page, 'good', t('analyze.retryNothing', { list: result.listId }));
  const key = result.dryRun ? 'analyze.retryDry' : 'analyze.retried';
  const facts: Fact[] = [[t('fact.failed'), figures.number(result.failed)]];
  if (result.hereMeanwhile > 0) facts.push([t('fact.hereMeanwhile'), figures.number(result.hereMeanwhile)]);
  const lines = [
    ...heading(page, result.dryRun ? 'neutral' : 'good', t(key, { list: result.listId })),
    '',
    ...factList(page, facts),
  ];
  if (result.notFound > 0) lines.push('', ...prose(page, t('analyze.notFound', { count: result.notFound })));
  for (const [at, { remote, label, asked }] of result.remotes.entries()) {
    if (asked.images === 0) continue;
    lines.push('', ...prose(page, remoteName(label, options.remotes[at] ?? remote)));
    lines.push(...factList(page, askedFacts(page, asked)));
    const answer = answerLines(page, asked, options.db);
    if (answer.length > 0) lines.push('', ...answer);
  }
  return lines;
}
