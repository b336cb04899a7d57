import { volumeNumbersText } from '../../base/volume-text.ts';
import type { ExportResult } from '../../export/options.ts';
import { commandText } from '../command-text.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, type Fact, factList, type Page, prose } from '../output/page.ts';
import { tableLines } from '../output/table.ts';
import { heading } from './heading.ts';

export interface ExportAbout {
  /** The output as the user named it. */
  readonly name: string | undefined;
  readonly quiet: boolean;
}

/** What was packed, what was left out and why, and what to do next. */
export function exportLines(page: Page, result: ExportResult, { name, quiet }: ExportAbout): string[] {
  const omitted = omittedLines(page, result);
  if (quiet) return result.records === 0 ? [...title(page, result), ...omitted] : omitted;
  const lines = [...title(page, result), '', ...factList(page, facts(page, result))];
  if (result.volumes.length > 0) lines.push('', ...volumeTable(page, result.volumes));
  if (omitted.length > 0) lines.push('', ...omitted);
  return [...lines, '', ...nextSteps(page, result, name)];
}

function title(page: Page, { dryRun, path, omittedTotal, records, volumes }: ExportResult): string[] {
  const { texts } = page;
  if (dryRun) return heading(page, 'neutral', texts.t('export.dryRun'));
  const mood = omittedTotal > 0 || records === 0 ? 'partly' : 'good';
  if (path !== null && volumes.length > 0) {
    const made = volumes.filter(({ state }) => state !== 'planned').length;
    return heading(page, mood, texts.t('export.seriesDone', { path, made, count: volumes.length }));
  }
  return heading(page, mood, path === null ? texts.t('export.streamed') : texts.t('export.done', { path }));
}

function facts(page: Page, result: ExportResult): Fact[] {
  const { texts, figures } = page;
  const { t } = texts;
  const images = figures.number(result.records);
  const dataOnly = figures.number(result.metadataOnlyRecords);
  const files = t('unit.files', { count: result.files });
  const size = figures.bytes(result.bundleBytes);
  const facts: Fact[] = [
    [
      t('fact.images'),
      result.metadataOnlyRecords > 0 ? t('fact.imagesWithData', { images, dataOnly }) : images,
    ],
    [t('fact.photos'), t('fact.photosWithSize', { files, size: figures.bytes(result.payloadBytes) })],
    [t('fact.bundle'), result.dryRun ? t('fact.bundleAtMost', { size }) : size],
  ];
  if (result.forReceiver)
    facts.push([t('fact.forReceiver'), t('fact.forReceiverCounts', result.forReceiver)]);
  if (result.bundleId !== '') facts.push([t('fact.bundleId'), result.bundleId]);
  if (result.checked !== undefined) {
    const where = result.checked === 'disk' ? 'fact.checkedOnDisk' : 'fact.checkedInMemory';
    facts.push([t('fact.checked'), t(where)]);
  }
  facts.push(
    [t('fact.exportId'), escapeForTerminal(result.exportId)],
    [t('fact.time'), figures.duration(result.seconds)],
  );
  return facts;
}

/** Volumes that are named; `--json` has all. */
const SHOWN = 20;

function volumeTable(page: Page, volumes: ExportResult['volumes']): string[] {
  const { texts, figures } = page;
  const columns = [
    { title: texts.t('column.volume'), fit: 'middle', least: 20 },
    { title: texts.t('column.images'), align: 'right' },
    { title: texts.t('column.size'), align: 'right' },
    { title: texts.t('column.state') },
  ] as const;
  const rows = volumes.slice(0, SHOWN).map(({ name, records, bundleBytes, state }) => {
    const size = figures.bytes(bundleBytes);
    const shown = state === 'planned' ? texts.t('fact.bundleAtMost', { size }) : size;
    return [escapeForTerminal(name), figures.number(records), shown, texts.t(`volume.${state}`)];
  });
  const rest = volumes.length - rows.length;
  return [
    ...tableLines(page, columns, rows),
    ...(rest > 0 ? [`  ${texts.t('unit.more', { count: rest })}`] : []),
  ];
}

function omittedLines(page: Page, { omitted, omittedTotal }: ExportResult): string[] {
  if (omittedTotal === 0) return [];
  const { t } = page.texts;
  const columns = [
    { title: t('column.file'), fit: 'middle', least: 20 },
    { title: t('column.why'), fit: 'wrap', least: 24 },
  ] as const;
  const rows = omitted.map(({ path, reason, detail }) => {
    const why = t(`omission.${reason}`);
    return [escapeForTerminal(path), detail ? `${why} (${page.texts.detail(detail)})` : why];
  });
  const rest = omittedTotal - omitted.length;
  return [
    ...prose(page, t('export.omitted', { count: omittedTotal })),
    ...tableLines(page, columns, rows),
    ...(rest > 0 ? [`  ${t('unit.more', { count: rest })}`] : []),
  ];
}

function nextSteps(page: Page, result: ExportResult, name: string | undefined): string[] {
  const { dryRun, path, records } = result;
  const { t } = page.texts;
  if (dryRun) return prose(page, t('export.nextWrite'));
  if (path === null || name === undefined || records === 0) return [];
  return [
    ...nextVolumes(page, result),
    ...prose(page, t('export.nextVerify')),
    ...commandLines(page, commandText(['verify', name])),
    ...prose(page, t('export.nextApply')),
    ...commandLines(page, commandText(['apply', name])),
  ];
}

function nextVolumes(page: Page, { volumes }: ExportResult): string[] {
  const open = volumes.filter(({ state }) => state === 'planned').map(({ number }) => number);
  if (open.length === 0) return [];
  const numbers = volumeNumbersText(open).replaceAll(' ', '');
  return [...prose(page, page.texts.t('export.nextVolumes')), ...commandLines(page, `--volumes ${numbers}`)];
}
