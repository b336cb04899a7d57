import type { ListStatus, OperationStatus } from '../../status/types.ts';
import type { Page } from '../output/page.ts';
import { escapeForTerminal } from '../output/escape.ts';

/** How an operation stands, in a word or two. */
export function operationState(page: Page, operation: OperationStatus): string {
  const { texts, figures } = page;
  const { t } = texts;
  const { errors, volumes, hereMeanwhile } = operation;
  if (operation.reverted) return t('status.reverted');
  if (operation.reverting) return t('status.reverting');
  const inWords = t('status.failed', { failed: figures.number(errors) });
  const failed = errors > 0 ? [withHere(page, inWords, hereMeanwhile)] : [];
  if (volumes !== null && volumes.missing.length > 0) {
    const seen = volumes.applied.length;
    return [t('status.volumes', { seen, count: volumes.count }), ...failed].join(', ');
  }
  if (failed.length > 0) return failed.join();
  return t(operation.status === 'completed' ? 'status.done' : 'status.unfinished');
}

/** How a list stands. */
export function listState(page: Page, list: ListStatus): string {
  return withHere(page, openState(page, list), list.hereMeanwhile);
}

/** With how much of what waits or failed came by another way, where anything did. */
function withHere({ texts, figures }: Page, state: string, here: number): string {
  return here === 0 ? state : texts.t('status.hereMeanwhile', { state, here: figures.number(here) });
}

function openState({ texts, figures }: Page, { pending, errors }: ListStatus): string {
  const { t } = texts;
  const failed = figures.number(errors);
  if (errors > 0 && pending > 0) {
    return t('status.someFailed', { failed, waiting: figures.number(pending) });
  }
  if (errors > 0) return t('status.failed', { failed });
  return t(pending > 0 ? 'status.waiting' : 'status.done');
}

/** To the minute, as the books have it. */
export function shortTime(time: string | null): string {
  return escapeForTerminal(time?.slice(0, 16).replace('T', ' ') ?? '');
}

/** The bundle of an operation; `-` was a pipe. */
export function sourceName({ texts }: Page, { kind, source }: OperationStatus): string {
  if (source === '-') return texts.t(kind === 'export' ? 'input.stdout' : 'input.stdin');
  return escapeForTerminal(source ?? '');
}
