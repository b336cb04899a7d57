import type { ListStatus, OperationKind, OperationStatus, StatusResult } from '../../status/types.ts';
import { type ArchiveFlags, commandText, ofArchive } from '../command-text.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, type Page, prose } from '../output/page.ts';
import { tableLines } from '../output/table.ts';
import { failureTable, retryCommands } from './failure-table.ts';
import { heading } from './heading.ts';
import { listState, operationState, shortTime, sourceName } from './state-text.ts';
import { detailLines } from './status-detail.ts';

export interface StatusAbout extends ArchiveFlags {
  readonly id: string | undefined;
  readonly failed: boolean;
}

/** Rows of each table in the overview; `--json` has more. */
const SHOWN = 20;

/** The books at a glance, or one entry of them, or what failed. */
export function statusLines(page: Page, result: StatusResult, about: StatusAbout): string[] {
  const { t } = page.texts;
  if (about.id !== undefined && !about.failed) return detailLines(page, result, about);
  if (about.failed) return failedLines(page, result, about);
  if (result.books === 'none') return prose(page, t('status.none', { db: result.database }));
  const tables = [
    ...operationTables(page, result),
    ...listTable(page, asked(result.lists), result.listsTotal > result.lists.length),
  ];
  if (tables.length === 0) return prose(page, t('status.empty', { db: result.database }));
  const scripts = result.books === 'scripts' ? prose(page, t('status.scripts')) : [];
  const title = heading(page, 'neutral', t('status.title', { db: result.database }));
  return [...title, ...scripts, ...tables, ...someFailures(page, result, about)];
}

const asked = (lists: readonly ListStatus[]) => lists.filter(({ kind }) => kind === 'asked');

const HEADINGS = { apply: 'status.applied', export: 'status.packed', other: 'status.other' } as const;

function operationTables(page: Page, { operations }: StatusResult): string[] {
  const kinds: OperationKind[] = ['apply', 'export', 'other'];
  return kinds.flatMap((kind) => {
    const ofKind = operations.filter((operation) => operation.kind === kind);
    if (ofKind.length === 0) return [];
    return ['', ...prose(page, page.texts.t(HEADINGS[kind])), ...operationTable(page, ofKind)];
  });
}

function operationTable(page: Page, operations: readonly OperationStatus[]): string[] {
  const { t } = page.texts;
  const columns = [
    { title: t('column.operation') },
    { title: t('column.when') },
    { title: t('column.source'), fit: 'middle', least: 8 },
    { title: t('column.done'), align: 'right' },
    { title: t('column.state'), fit: 'wrap', least: 12 },
  ] as const;
  const rows = operations
    .slice(0, SHOWN)
    .map((operation) => [
      escapeForTerminal(operation.operationId),
      shortTime(operation.startTime),
      baseName(sourceName(page, operation)),
      ofTotal(page, operation.processed, operation.total),
      operationState(page, operation),
    ]);
  return [...tableLines(page, columns, rows), ...moreLine(page, operations.length - rows.length)];
}

function listTable(page: Page, lists: readonly ListStatus[], more: boolean): string[] {
  if (lists.length === 0) return [];
  const { t } = page.texts;
  const columns = [
    { title: t('column.list') },
    { title: t('column.when') },
    { title: t('column.askedOf'), fit: 'middle', least: 8 },
    { title: t('column.done'), align: 'right' },
    { title: t('column.state'), fit: 'wrap', least: 12 },
  ] as const;
  const rows = lists
    .slice(0, SHOWN)
    .map((list) => [
      escapeForTerminal(list.listId),
      shortTime(list.createdTime),
      list.askedOf === null ? '' : askedName(list.askedOf),
      ofTotal(page, list.completed, list.total),
      listState(page, list),
    ]);
  const rest = lists.length - rows.length;
  return [
    '',
    ...prose(page, t('status.asked')),
    ...tableLines(page, columns, rows),
    ...(more || rest > 0 ? moreLine(page, rest) : []),
  ];
}

function moreLine({ texts }: Page, rest: number): string[] {
  return rest > 0 ? [`  ${texts.t('unit.more', { count: rest })}`] : [];
}

function ofTotal({ texts, figures }: Page, done: number, total: number): string {
  return texts.t('progress.of', { done: figures.number(done), total: figures.number(total) });
}

/** Room is scarce: that it is a bundle, the head of the column says. */
function baseName(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? '').replace(/\.indabundle$/, '');
}

/** Every database is called indafoto.db: its folder tells more. */
function askedName(path: string): string {
  const parts = path.split(/[\\/]/);
  return escapeForTerminal(parts.slice(parts.at(-1) === 'indafoto.db' ? -2 : -1).join('/'));
}

function someFailures(page: Page, { failures, failuresTotal }: StatusResult, where: ArchiveFlags): string[] {
  if (failuresTotal === 0) return [];
  const { t } = page.texts;
  const lines = ['', ...prose(page, t('status.failures', { count: failuresTotal }))];
  lines.push(...failureTable(page, failures, failuresTotal));
  if (failuresTotal > failures.length) {
    const command = commandText(['status', '--failed', ...ofArchive(where)]);
    lines.push('', ...prose(page, t('status.nextFailed')), ...commandLines(page, command));
  }
  return [...lines, ...retryCommands(page, failures, where)];
}

function failedLines(page: Page, { failures, failuresTotal }: StatusResult, where: ArchiveFlags): string[] {
  const { t } = page.texts;
  if (failuresTotal === 0) return heading(page, 'good', t('status.noFailures'));
  const title = heading(page, 'partly', t('status.failures', { count: failuresTotal }));
  return [
    ...title,
    '',
    ...failureTable(page, failures, failuresTotal),
    ...retryCommands(page, failures, where),
  ];
}
