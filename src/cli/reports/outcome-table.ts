import { type ConflictPolicy, type Outcome, OUTCOMES, type OutcomeTally } from '../../apply/options.ts';
import type { MessageKey } from '../messages/en.ts';
import type { Page } from '../output/page.ts';
import { tableLines } from '../output/table.ts';

/** How many records came to which end, and what that means; ends that nothing came to are left out. */
export function outcomeTable(page: Page, outcomes: OutcomeTally, policy?: ConflictPolicy): string[] {
  const { texts, figures } = page;
  const columns = [
    { title: texts.t('column.outcome') },
    { title: texts.t('column.images'), align: 'right' },
    { title: texts.t('column.meaning'), fit: 'wrap', least: 24 },
  ] as const;
  const rows = OUTCOMES.filter((outcome) => outcomes[outcome] > 0).map((outcome) => [
    texts.t(`outcome.${outcome}`),
    figures.number(outcomes[outcome]),
    texts.t(meaningOf(outcome, policy)),
  ]);
  return rows.length === 0 ? [`  ${texts.t('inspect.empty')}`] : tableLines(page, columns, rows);
}

function meaningOf(outcome: Outcome, policy: ConflictPolicy | undefined): MessageKey {
  return outcome === 'conflict' && policy !== undefined ? `meaning.conflict.${policy}` : `meaning.${outcome}`;
}
