import type { ArrivedResult } from '../../verify/arrived-types.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { factList, type Page, prose } from '../output/page.ts';
import { tableLines } from '../output/table.ts';
import { heading, type Mood } from './heading.ts';

const MOOD_OF: { readonly [verdict in ArrivedResult['verdict']]: Mood } = {
  whole: 'good',
  incomplete: 'partly',
  damaged: 'bad',
};

/** The verdict, every row by what it turned out to be, and each photo that is not as it arrived. */
export function arrivedLines(page: Page, result: ArrivedResult, quiet: boolean): string[] {
  const { texts, figures } = page;
  const { t } = texts;
  const problems = problemLines(page, result);
  const verdict = result.rows === 0 ? 'nothing' : result.verdict;
  const id = result.listId ?? result.operationId ?? '';
  const title = heading(page, MOOD_OF[result.verdict], t(`arrived.${verdict}`, { id }));
  if (quiet) return result.verdict === 'whole' ? [] : [...title, ...problems];
  const facts = [
    [t('fact.read'), figures.bytes(result.bytesRead)],
    [t('fact.time'), figures.duration(result.seconds)],
  ] as const;
  const lines = [...title, ''];
  if (result.rows > 0) lines.push(...stateTable(page, result), '');
  lines.push(...factList(page, facts));
  if (problems.length > 0) lines.push('', ...problems, '', ...prose(page, t('arrived.next')));
  return lines;
}

const STATES = [
  'whole',
  'replaced',
  'unproven',
  'changed',
  'missing',
  'unreadable',
  'gone',
  'withoutFile',
  'waiting',
  'failed',
] as const;

function stateTable(page: Page, result: ArrivedResult): string[] {
  const { texts, figures } = page;
  const columns = [
    { title: texts.t('column.stateOfFile') },
    { title: texts.t('column.images'), align: 'right' },
    { title: texts.t('column.meaning'), fit: 'wrap', least: 24 },
  ] as const;
  const rows = STATES.filter((state) => result[state] > 0).map((state) => [
    texts.t(`state.${state}`),
    figures.number(result[state]),
    texts.t(`state.meaning.${state}`),
  ]);
  return tableLines(page, columns, rows);
}

function problemLines(page: Page, { problems, problemsTotal }: ArrivedResult): string[] {
  if (problemsTotal === 0) return [];
  const { t } = page.texts;
  const columns = [
    { title: t('column.file'), fit: 'middle', least: 20 },
    { title: t('column.stateOfFile') },
  ] as const;
  const rows = problems.map(({ kind, path, imageId, expected }) => [
    escapeForTerminal(path ?? (imageId === null ? (expected ?? '') : `#${imageId}`)),
    t(`state.${kind}`),
  ]);
  const rest = problemsTotal - problems.length;
  return [
    ...prose(page, t('arrived.problems', { count: problemsTotal })),
    ...tableLines(page, columns, rows),
    ...(rest > 0 ? [`  ${t('unit.more', { count: rest })}`] : []),
  ];
}
