import type { BackupResult } from '../../backup/options.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { factList, type Page, prose } from '../output/page.ts';
import { heading } from './heading.ts';

export function backupLines(page: Page, result: BackupResult): string[] {
  const { texts, figures } = page;
  const { t } = texts;
  const facts = [
    [t('fact.database'), escapeForTerminal(result.database)],
    [t('fact.copy'), figures.bytes(result.bytes)],
    [t('fact.images'), figures.number(result.images)],
    [t('fact.time'), figures.duration(result.seconds)],
  ] as const;
  return [
    ...heading(page, 'good', t('backup.done', { path: result.path })),
    '',
    ...factList(page, facts),
    '',
    ...prose(page, t('backup.next')),
  ];
}
