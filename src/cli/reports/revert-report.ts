import type { RevertResult } from '../../revert/options.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { type Fact, factList, type Page, prose } from '../output/page.ts';
import { tableLines } from '../output/table.ts';
import { heading, type Mood } from './heading.ts';

export interface RevertAbout {
  readonly quiet: boolean;
  /** Shown before the user is asked. */
  readonly asPlan?: boolean;
}

const COUNTS = [
  'imagesRemoved',
  'imagesSetBack',
  'linksRemoved',
  'columnsEmptied',
  'targetsRemoved',
  'authorsRemoved',
  'personalRemoved',
] as const;

/** True when there was nothing to take back, and nothing stays. */
export function isNothing(result: RevertResult): boolean {
  return COUNTS.every((key) => result[key] === 0) && result.filesRemoved + result.keptTotal === 0;
}

/** What was taken back, and what stays and why. */
export function revertLines(page: Page, result: RevertResult, about: RevertAbout): string[] {
  const kept = keptLines(page, result);
  if (about.quiet && !result.dryRun) return kept;
  const lines = title(page, result, about);
  const rows = facts(page, result);
  if (rows.length > 0) lines.push('', ...factList(page, rows));
  if (kept.length > 0) lines.push('', ...kept);
  const isDry = result.dryRun && about.asPlan !== true && !isNothing(result);
  return isDry ? [...lines, '', ...prose(page, page.texts.t('revert.nextWrite'))] : lines;
}

function title(page: Page, result: RevertResult, { asPlan }: RevertAbout): string[] {
  const say = (mood: Mood, key: 'nothing' | 'plan' | 'dryRun' | 'partly' | 'done') =>
    heading(page, mood, page.texts.t(`revert.${key}`, { id: result.operationId }));
  if (isNothing(result)) return say('good', 'nothing');
  if (asPlan) return say('neutral', 'plan');
  if (result.dryRun) return say('neutral', 'dryRun');
  return result.keptTotal > 0 ? say('partly', 'partly') : say('good', 'done');
}

function facts({ texts, figures }: Page, result: RevertResult): Fact[] {
  const { t } = texts;
  const facts: Fact[] = COUNTS.filter((key) => result[key] > 0).map((key) => [
    t(`fact.${key}`),
    figures.number(result[key]),
  ]);
  if (result.filesRemoved > 0) {
    const size = figures.bytes(result.bytesFreed);
    const files = figures.number(result.filesRemoved);
    facts.push([t('fact.filesRemoved'), t('fact.photosWithSize', { files, size })]);
  }
  if (result.backupPath !== null) facts.push([t('fact.backup'), escapeForTerminal(result.backupPath)]);
  if (!result.dryRun && facts.length > 0) facts.push([t('fact.time'), figures.duration(result.seconds)]);
  return facts;
}

function keptLines(page: Page, { kept, keptTotal }: RevertResult): string[] {
  if (keptTotal === 0) return [];
  const { t } = page.texts;
  const columns = [
    { title: t('column.kept') },
    { title: t('column.name'), fit: 'middle', least: 16 },
    { title: t('column.reason'), fit: 'wrap', least: 20 },
  ] as const;
  const rows = kept.map(({ what, name, reason }) => [
    t(`kept.${what}`),
    escapeForTerminal(name),
    t(`kept.why.${reason}`),
  ]);
  const rest = keptTotal - kept.length;
  return [
    ...prose(page, t('revert.kept', { count: keptTotal })),
    ...tableLines(page, columns, rows),
    ...(rest > 0 ? [`  ${t('unit.more', { count: rest })}`] : []),
  ];
}
