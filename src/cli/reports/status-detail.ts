import type { ListStatus, OperationStatus, StatusResult } from '../../status/types.ts';
import { type ArchiveFlags, commandText, ofArchive } from '../command-text.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, type Fact, factList, type Page, prose } from '../output/page.ts';
import { failureTable, retryCommands } from './failure-table.ts';
import { heading, type Mood } from './heading.ts';
import { outcomeTable } from './outcome-table.ts';
import { seriesText } from './series-report.ts';
import { listState, operationState, shortTime, sourceName } from './state-text.ts';

/** One operation or one list: how far it is, what came of it, what failed, what to do next. */
export function detailLines(page: Page, result: StatusResult, where: ArchiveFlags): string[] {
  const [operation] = result.operations;
  const [list] = result.lists;
  const lines = operation !== undefined ? operationLines(page, operation, result.lists) : [];
  if (operation === undefined && list !== undefined) lines.push(...listLines(page, list));
  if (result.failuresTotal > 0) {
    const count = result.failuresTotal;
    lines.push('', ...prose(page, page.texts.t('status.detailFailures', { count })));
    lines.push(...failureTable(page, result.failures, count), ...retryCommands(page, result.failures, where));
  }
  const next = operation === undefined ? listNext(page, list, where) : operationNext(page, operation, where);
  return [...lines, ...next];
}

function moodOf(one: Pick<ListStatus, 'status' | 'errors' | 'hereMeanwhile'>): Mood {
  const { status, errors, hereMeanwhile } = one;
  if (errors > hereMeanwhile) return 'partly';
  return status === 'completed' ? 'good' : 'neutral';
}

function moodOfOperation(operation: OperationStatus): Mood {
  if (operation.reverting) return 'partly';
  return operation.reverted ? 'neutral' : moodOf(operation);
}

function operationLines(page: Page, operation: OperationStatus, lists: readonly ListStatus[]): string[] {
  const { t } = page.texts;
  const source = sourceName(page, operation);
  const title = source === '' ? operation.operationId : `${t(`status.kind.${operation.kind}`)}: ${source}`;
  const lines = [
    ...heading(page, moodOfOperation(operation), title),
    '',
    ...factList(page, operationFacts(page, operation, lists)),
  ];
  if (operation.outcomes !== null && !operation.reverted && !operation.reverting) {
    lines.push('', ...outcomeTable(page, operation.outcomes));
  }
  return lines;
}

function operationFacts(page: Page, operation: OperationStatus, lists: readonly ListStatus[]): Fact[] {
  const { texts, figures } = page;
  const { t } = texts;
  const done = { done: figures.number(operation.processed), total: figures.number(operation.total) };
  const facts: Fact[] = [
    [t('fact.operation'), escapeForTerminal(operation.operationId)],
    [t('fact.state'), operationState(page, operation)],
    [t('column.done'), t('progress.of', done)],
  ];
  if (operation.volumes !== null) {
    facts.push([t('fact.volumes'), seriesText(page, operation.volumes)]);
  }
  if (operation.startTime !== null) facts.push([t('fact.begun'), `${shortTime(operation.startTime)} UTC`]);
  if (operation.endTime !== null) facts.push([t('fact.changed'), `${shortTime(operation.endTime)} UTC`]);
  if (lists.length > 0) {
    const ids = lists.map(({ listId }) => escapeForTerminal(listId));
    facts.push([t('fact.list'), ids.join(', ')]);
  }
  return facts;
}

function listLines(page: Page, list: ListStatus): string[] {
  const { texts, figures } = page;
  const { t } = texts;
  const facts: Fact[] = [[t('fact.state'), listState(page, list)]];
  if (list.askedOf !== null) facts.push([t('fact.askedOf'), escapeForTerminal(list.askedOf)]);
  if (list.createdTime !== null) facts.push([t('fact.created'), `${shortTime(list.createdTime)} UTC`]);
  facts.push([t('fact.asked'), t('unit.images', { count: list.total })]);
  const counts = [
    ['fact.progress', list.completed],
    ['fact.waiting', list.pending],
    ['fact.failed', list.errors],
  ] as const;
  for (const [key, count] of counts) facts.push([t(key), figures.number(count)]);
  if (list.operationId !== null) facts.push([t('fact.operation'), escapeForTerminal(list.operationId)]);
  const title = t('list.title', { list: list.listId });
  return [...heading(page, moodOf(list), title), '', ...factList(page, facts)];
}

function operationNext(page: Page, operation: OperationStatus, where: ArchiveFlags): string[] {
  const { t } = page.texts;
  const { operationId, source, volumes } = operation;
  if (operation.kind !== 'apply' || operation.reverted) return [];
  const revert = commandLines(page, commandText(['revert', operationId, ...ofArchive(where)]));
  if (operation.reverting) return ['', ...prose(page, t('status.nextRevertOn')), ...revert];
  const lines: string[] = [];
  if (volumes !== null && volumes.missing.length > 0) lines.push('', ...prose(page, t('status.nextVolumes')));
  else if (operation.status === 'pending' && source !== null) {
    const command = commandText(['apply', source, ...ofArchive(where)]);
    lines.push('', ...prose(page, t('status.nextApply')), ...commandLines(page, command));
  }
  const verify = commandText(['verify', '--operation', operationId, ...ofArchive(where)]);
  lines.push('', ...prose(page, t('status.nextVerify')), ...commandLines(page, verify));
  return [...lines, ...prose(page, t('status.nextRevert')), ...revert];
}

function listNext(page: Page, list: ListStatus | undefined, where: ArchiveFlags): string[] {
  if (list === undefined || list.kind === 'export') return [];
  const isSuperseded = list.hereMeanwhile > 0 && list.hereMeanwhile === list.pending + list.errors;
  if (isSuperseded && list.kind === 'asked') {
    const forget = commandText(['cleanup', list.listId, ...ofArchive(where)]);
    return ['', ...prose(page, page.texts.t('status.nextForget')), ...commandLines(page, forget)];
  }
  if (list.completed === 0) return [];
  const verify = commandText(['verify', '--list-id', list.listId, ...ofArchive(where)]);
  return ['', ...prose(page, page.texts.t('status.nextVerify')), ...commandLines(page, verify)];
}
