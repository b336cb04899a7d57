import type { ApplyResult, ConflictPolicy } from '../../apply/options.ts';
import { shownName, STANDARD_INPUT } from '../bundle-inputs.ts';
import { type ArchiveFlags, commandText, ofArchive } from '../command-text.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, type Fact, factList, type Page, prose } from '../output/page.ts';
import { tableLines } from '../output/table.ts';
import { findingLines } from './findings-report.ts';
import { heading, type Mood } from './heading.ts';
import { outcomeTable } from './outcome-table.ts';
import { reasonText } from './reason-text.ts';
import { seriesText } from './series-report.ts';
import { strayText } from './verify-report.ts';

export interface ApplyAbout extends ArchiveFlags {
  readonly name: string;
  readonly db: string;
  readonly onConflict: ConflictPolicy;
  readonly report: string | undefined;
  readonly quiet: boolean;
  /** Shown before the user is asked. */
  readonly asPlan?: boolean;
}

/** What became of the records and what each outcome means, what was written, and what to do next. */
export function applyLines(page: Page, result: ApplyResult, about: ApplyAbout): string[] {
  const problems = problemLines(page, result);
  if (about.quiet && !about.asPlan) return problems;
  const lines = [
    ...title(page, result, about),
    '',
    ...outcomeTable(page, result.outcomes, about.onConflict),
    '',
    ...factList(page, facts(page, result, about)),
  ];
  if (problems.length > 0) lines.push('', ...problems);
  if (result.dryRun && isDamaged(result)) {
    const verify = commandLines(page, commandText(['verify', about.name]));
    lines.push('', ...prose(page, page.texts.t('apply.planDamaged')), ...verify);
  }
  const next = about.asPlan ? [] : nextSteps(page, result, about);
  return next.length === 0 ? lines : [...lines, '', ...next];
}

export function declinedLines(page: Page): string[] {
  return prose(page, page.texts.t('apply.declined'));
}

function title(page: Page, result: ApplyResult, { name, db, asPlan }: ApplyAbout): string[] {
  const say = (mood: Mood, key: 'plan' | 'dryRun' | 'partly' | 'nothing' | 'asBefore' | 'done') =>
    heading(page, mood, page.texts.t(`apply.${key}`, { name: shownName(name, page.texts), db }));
  if (asPlan) return say('neutral', 'plan');
  if (result.dryRun) return say('neutral', 'dryRun');
  const isShort = result.findingsTotal > 0 || result.outcomes.failed > 0;
  if (result.operationId !== null) return isShort ? say('partly', 'partly') : say('good', 'done');
  return say(isShort ? 'partly' : 'good', isShort || staysAway(result) ? 'asBefore' : 'nothing');
}

/** Some of what the bundle holds is not in the archive, and is not to be. */
function staysAway({ outcomes }: ApplyResult): boolean {
  return outcomes.conflict + outcomes.banned + outcomes['metadata-only'] > 0;
}

function facts(page: Page, result: ApplyResult, about: ApplyAbout): Fact[] {
  const { texts, figures } = page;
  const { t } = texts;
  const facts: Fact[] = [];
  if (result.doneBefore > 0) facts.push([t('fact.doneBefore'), figures.number(result.doneBefore)]);
  const filled = filledText(page, result);
  if (filled !== '') facts.push([t('fact.filled'), filled]);
  if (result.dryRun) facts.push([t('fact.room'), roomText(page, result)]);
  else facts.push([t('fact.written'), figures.bytes(result.bytesWritten)]);
  if (result.backupPath !== null) facts.push([t('fact.backup'), escapeForTerminal(result.backupPath)]);
  if (result.operationId !== null) facts.push([t('fact.operation'), result.operationId]);
  if (result.series !== null && !result.dryRun)
    facts.push([t('fact.series'), seriesText(page, result.series)]);
  if (result.removed) facts.push([t('fact.removed'), escapeForTerminal(about.name)]);
  if (about.report !== undefined && !result.dryRun)
    facts.push([t('fact.report'), escapeForTerminal(about.report)]);
  if (result.strays.length > 0) facts.push([t('fact.strays'), strayText(result.strays)]);
  if (!result.dryRun) facts.push([t('fact.time'), figures.duration(result.seconds)]);
  return facts;
}

/** What was added beside photos, without what there was none of. */
function filledText({ texts }: Page, result: ApplyResult): string {
  const { columnsFilled, linksAdded, authorsAdded, personalAdded } = result;
  const parts = [
    columnsFilled > 0 ? texts.t('unit.fields', { count: columnsFilled }) : '',
    linksAdded > 0 ? texts.t('unit.links', { count: linksAdded }) : '',
    authorsAdded > 0 ? texts.t('unit.authors', { count: authorsAdded }) : '',
    personalAdded > 0 ? texts.t('unit.personal', { count: personalAdded }) : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function roomText({ texts, figures }: Page, { bytesNeeded, bytesFree }: ApplyResult): string {
  return texts.t('fact.roomCounts', { needed: figures.bytes(bytesNeeded), free: figures.bytes(bytesFree) });
}

/** Failures first, each with its reason; then what was found in the bundle. */
function problemLines(page: Page, result: ApplyResult): string[] {
  const lines = failureLines(page, result);
  if (result.findingsTotal === 0) return lines;
  return [
    ...lines,
    ...(lines.length > 0 ? [''] : []),
    ...findingLines(page, result.findings, result.findingsTotal),
  ];
}

function failureLines(page: Page, { failures, outcomes }: ApplyResult): string[] {
  if (outcomes.failed === 0) return [];
  const { t } = page.texts;
  const columns = [
    { title: t('column.record'), fit: 'middle', least: 20 },
    { title: t('column.reason'), fit: 'wrap', least: 24 },
  ] as const;
  const rows = failures.map(({ record, reason }) => [escapeForTerminal(record), reasonText(page, reason)]);
  const rest = outcomes.failed - failures.length;
  return [
    ...prose(page, t('apply.failures', { count: outcomes.failed })),
    ...tableLines(page, columns, rows),
    ...(rest > 0 ? [`  ${t('unit.more', { count: rest })}`] : []),
  ];
}

const isDamaged = ({ findings }: ApplyResult) => findings.some(({ gravity }) => gravity !== 'omission');

function nextSteps(
  page: Page,
  result: ApplyResult,
  { name, onConflict, report, ...where }: ApplyAbout,
): string[] {
  const { t } = page.texts;
  const lines: string[] = [];
  if (result.largerAvailable > 0 && onConflict === 'keep-local') {
    lines.push(...prose(page, t('apply.larger', { count: result.largerAvailable })));
  }
  if (result.dryRun) {
    const noReport = report === undefined ? '' : ` ${t('apply.noReport')}`;
    return [...lines, ...prose(page, t('apply.nextWrite') + noReport)];
  }
  if (result.outcomes.failed > 0 || isDamaged(result))
    return [...lines, ...nextAfterFailures(result).flatMap((next) => prose(page, t(next)))];
  if (result.findingsTotal > 0 && result.operationId !== null) {
    lines.push(...omittedLines(page, result, name, where));
  }
  if (result.series !== null && result.series.missing.length > 0)
    lines.push(...prose(page, t('apply.nextVolumes')));
  else if (result.operationId !== null)
    lines.push(...prose(page, lookText(page, result, mayGo(result, name, onConflict))));
  return lines;
}

const LEFT_OUT = /^left out by the sender/;
/** What another copy of the bundle would not change. */
const REFUSED_HERE = /^(not a picture|this (database|archive) )|leaves the archive/;

/** Where nothing is wrong with the bundle, another copy of it is of no use. */
function nextAfterFailures(
  result: ApplyResult,
): readonly ('apply.nextGap' | 'apply.nextRefused' | 'apply.nextFailed')[] {
  const { failures, outcomes } = result;
  const some = (pattern: RegExp) => failures.some(({ reason }) => pattern.test(reason));
  const areExplained = failures.every(({ reason }) => LEFT_OUT.test(reason) || REFUSED_HERE.test(reason));
  if (isDamaged(result) || outcomes.failed !== failures.length || !areExplained) return ['apply.nextFailed'];
  return [
    ...(some(LEFT_OUT) ? (['apply.nextGap'] as const) : []),
    ...(some(REFUSED_HERE) ? (['apply.nextRefused'] as const) : []),
  ];
}

/** What the sender left out stands in the books where a request of ours asked for it; else only the bundle names it. */
function omittedLines(page: Page, result: ApplyResult, name: string, where: ArchiveFlags): string[] {
  const { manifest, operationId, removed } = result;
  const next = prose(page, page.texts.t('apply.nextOmitted'));
  if (manifest.list_id !== undefined && operationId !== null)
    return [...next, ...commandLines(page, commandText(['status', operationId, ...ofArchive(where)]))];
  if (name === STANDARD_INPUT || removed) return [];
  return [...next, ...commandLines(page, commandText(['inspect', name, '--files']))];
}

/** The bundle is there, and holds no photo that is in it only. */
function mayGo({ removed, outcomes }: ApplyResult, name: string, onConflict: ConflictPolicy): boolean {
  return name !== STANDARD_INPUT && !removed && (onConflict !== 'keep-local' || outcomes.conflict === 0);
}

/** What to look at, and what may go then. */
function lookText({ texts: { t } }: Page, { backupPath }: ApplyResult, bundleMayGo: boolean): string {
  const look = t('apply.nextLook');
  if (backupPath !== null) return `${look} ${t(bundleMayGo ? 'apply.goBoth' : 'apply.goBackup')}`;
  return bundleMayGo ? `${look} ${t('apply.goBundle')}` : look;
}
