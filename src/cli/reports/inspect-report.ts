import type { InspectResult } from '../../inspect/types.ts';
import type { Manifest, OmissionReason, Tally } from '../../manifest/types.ts';
import { OMISSION_REASONS } from '../../manifest/types.ts';
import { shownName, STANDARD_INPUT } from '../bundle-inputs.ts';
import { commandText } from '../command-text.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, type Fact, factList, type Page, prose } from '../output/page.ts';
import { findingLines } from './findings-report.ts';
import { heading } from './heading.ts';
import { selectionText } from './selection-text.ts';

/** Names shown of each tally; the manifest has up to 50. */
const NAMES_SHOWN = 8;

/** Who made a bundle, when and what for, and what is in it. */
export function inspectLines(page: Page, result: InspectResult, name: string): string[] {
  const { t } = page.texts;
  const damaged = result.findings.some(({ gravity }) => gravity !== 'omission');
  const lines = [
    ...heading(page, damaged ? 'bad' : 'neutral', escapeForTerminal(shownName(name, page.texts))),
    '',
    ...factList(page, [...originFacts(page, result.manifest), ...amountFacts(page, result)]),
    '',
    ...factList(page, contentFacts(page, result.manifest)),
    '',
  ];
  if (result.findings.length > 0)
    lines.push(...findingLines(page, result.findings, result.findings.length), '');
  if (name === STANDARD_INPUT) return lines;
  return [
    ...lines,
    ...prose(page, t('inspect.unproven')),
    ...commandLines(page, commandText(['verify', name])),
  ];
}

function originFacts(page: Page, manifest: Manifest): Fact[] {
  const { t } = page.texts;
  const { created, generator, source, list_id } = manifest;
  const time = page.figures.time(created);
  const facts: Fact[] = [
    [t('fact.madeBy'), source.label === '' ? t('fact.nobody') : page.texts.detail(source.label)],
    [t('fact.madeOn'), t('fact.madeWith', { time, program: generator.name, version: generator.version })],
    [t('fact.askedFor'), selectionText(page, manifest.selection)],
  ];
  if (list_id !== undefined) facts.push([t('fact.answers'), escapeForTerminal(list_id)]);
  return facts;
}

function amountFacts(page: Page, { manifest, bundleBytes, bundleId, end }: InspectResult): Fact[] {
  const { texts, figures } = page;
  const { t } = texts;
  const { totals, volume } = manifest;
  const files = t('unit.files', { count: totals.files });
  const facts: Fact[] = [
    [t('fact.images'), figures.number(totals.records)],
    [t('fact.photos'), t('fact.photosWithSize', { files, size: figures.bytes(totals.payload_bytes) })],
  ];
  if (bundleBytes !== null) facts.push([t('fact.bundle'), figures.bytes(bundleBytes)]);
  if (volume.count > 1)
    facts.push([t('fact.volume'), t('fact.volumeOf', { number: volume.number, count: volume.count })]);
  facts.push([t('fact.omitted'), end === null ? t('inspect.noEnd') : omittedText(page, end.omitted)]);
  facts.push([t('fact.bundleId'), bundleId]);
  return facts;
}

/** `2: not where the database says (1), cannot be read (1)`. */
function omittedText({ texts, figures }: Page, omitted: Readonly<Record<string, number>>): string {
  const counts = Object.entries(omitted).filter(([, count]) => count > 0);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return figures.number(0);
  const reasons = counts.map(([reason, count]) => {
    const words = isReason(reason) ? texts.t(`omission.${reason}`) : escapeForTerminal(reason);
    return `${words} (${figures.number(count)})`;
  });
  return `${figures.number(total)}: ${reasons.join(', ')}`;
}

function isReason(reason: string): reason is OmissionReason {
  return (OMISSION_REASONS as readonly string[]).includes(reason);
}

function contentFacts(page: Page, { summary }: Manifest): Fact[] {
  const { t } = page.texts;
  const { from, to } = summary.dates;
  const dates = from === undefined && to === undefined ? t('fact.unknown') : `${from ?? '?'} – ${to ?? '?'}`;
  return [
    [t('fact.dates'), escapeForTerminal(dates)],
    [t('fact.authors'), tallyText(page, summary.authors)],
    [t('fact.albums'), tallyText(page, summary.albums)],
    [t('fact.collections'), tallyText(page, summary.collections)],
    [t('fact.tags'), tallyText(page, summary.tags)],
    [t('fact.licenses'), tallyText(page, summary.licenses)],
  ];
}

/** `12: Tóth Gábor (5), Szűcs Márta (3), … and 10 more`. */
function tallyText({ texts, figures }: Page, { count, top }: Tally): string {
  if (count === 0) return figures.number(0);
  const shown = top.slice(0, NAMES_SHOWN);
  const names = shown
    .map(({ name, images }) => `${escapeForTerminal(name)} (${figures.number(images)})`)
    .join(', ');
  const rest = count - shown.length;
  const more = rest > 0 ? `, ${texts.t('unit.more', { count: rest })}` : '';
  return `${figures.number(count)}: ${names}${more}`;
}
