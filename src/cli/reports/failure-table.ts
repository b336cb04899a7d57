import type { Failure } from '../../status/types.ts';
import { type ArchiveFlags, commandText, ofArchive } from '../command-text.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, type Page, prose } from '../output/page.ts';
import { tableLines } from '../output/table.ts';
import { clip } from '../output/text-width.ts';
import { reasonText } from './reason-text.ts';

/** Each failure with how it was asked for and why it failed. */
export function failureTable(page: Page, failures: readonly Failure[], total: number): string[] {
  const { t } = page.texts;
  const lists = new Set(failures.map(({ listId }) => listId));
  const columns = [
    { title: t('column.wanted'), fit: 'middle', least: 20 },
    { title: t('column.reason'), fit: 'wrap', least: 24 },
    ...(lists.size > 1 ? [{ title: t('column.list') }] : []),
  ] as const;
  const rows = failures.map(({ wanted, path, digest, reason, listId }) => [
    shortened(page, escapeForTerminal(wanted ?? path ?? digest ?? '')),
    reason === null ? t('status.unnoted') : reasonText(page, reason),
    ...(lists.size > 1 ? [listId ?? ''] : []),
  ]);
  const rest = total - failures.length;
  return [...tableLines(page, columns, rows), ...(rest > 0 ? [`  ${t('unit.more', { count: rest })}`] : [])];
}

/** A digest tells enough by its ends; the reason needs the room. */
const WANTED_WIDTH = 36;

function shortened({ isTerminal }: Page, text: string): string {
  return isTerminal ? clip(text, WANTED_WIDTH, 'middle') : text;
}

/** Lists that a command to retry is shown for. */
const FEW = 3;

/** The commands that ask others for what failed. */
export function retryCommands(page: Page, failures: readonly Failure[], where: ArchiveFlags): string[] {
  const lists = [...new Set(failures.map(({ listId }) => listId))].filter((listId) => listId !== null);
  if (lists.length === 0) return [];
  const commands = lists.slice(0, FEW).flatMap((listId) => {
    const others = ['--remote', 'other.indacatalog', '-o', 'other.indarequest'];
    return commandLines(page, commandText(['analyze', '--retry', listId, ...ofArchive(where), ...others]));
  });
  return ['', ...prose(page, page.texts.t('status.nextRetry')), ...commands];
}
