import type { VerifyResult } from '../../verify/types.ts';
import { shownName, STANDARD_INPUT } from '../bundle-inputs.ts';
import { type ArchiveFlags, commandText, ofArchive } from '../command-text.ts';
import type { MessageKey } from '../messages/en.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, type Fact, factList, type Page, prose } from '../output/page.ts';
import { findingLines } from './findings-report.ts';
import { heading, type Mood } from './heading.ts';
import { outcomeTable } from './outcome-table.ts';

export interface VerifyAbout extends ArchiveFlags {
  readonly name: string;
  readonly quiet: boolean;
  /** Says of what is no bundle which of our files it is. */
  readonly mistaken?: MessageKey | null;
  /** A request for what is lost is wanted. */
  readonly asksForRequest?: boolean;
}

const MOOD_OF: { readonly [verdict in VerifyResult['verdict']]: Mood } = {
  whole: 'good',
  omissions: 'partly',
  damaged: 'bad',
};

/** The verdict, what was read, every finding with its place, and what applying would find. */
export function verifyLines(page: Page, result: VerifyResult, about: VerifyAbout): string[] {
  if (about.mistaken) return heading(page, 'bad', page.texts.t(about.mistaken, { path: about.name }));
  const findings = findingLines(page, result.findings, result.findingsTotal);
  const { t } = page.texts;
  const verdict = isBundle(result) ? result.verdict : 'notBundle';
  const title = heading(
    page,
    MOOD_OF[result.verdict],
    t(`verify.${verdict}`, { name: shownName(about.name, page.texts) }),
  );
  if (about.quiet) return result.verdict === 'whole' ? [] : [...title, ...findings];
  const lines = isBundle(result) ? [...title, '', ...factList(page, facts(page, result, about))] : title;
  if (findings.length > 0) lines.push('', ...findings);
  if (result.wouldApply) {
    lines.push('', ...prose(page, t('verify.wouldApply')), ...outcomeTable(page, result.wouldApply));
  }
  return [...lines, ...nextStep(page, result, about)];
}

/** One whose head is lost is still known by its end. */
export function isBundle({ manifest, bundleId }: VerifyResult): boolean {
  return manifest !== null || bundleId !== null;
}

function facts(page: Page, result: VerifyResult, about: VerifyAbout): Fact[] {
  const { texts, figures } = page;
  const { t } = texts;
  const files = t('unit.files', { count: result.files });
  const facts: Fact[] = [
    [t('fact.images'), figures.number(result.records)],
    [t('fact.photos'), t('fact.photosWithSize', { files, size: figures.bytes(result.payloadBytes) })],
    [t('fact.read'), figures.bytes(result.bytesRead)],
  ];
  if (result.bundleId !== null) facts.push([t('fact.bundleId'), result.bundleId]);
  if (result.lostTotal > 0) facts.push([t('fact.lost'), t('unit.images', { count: result.lostTotal })]);
  if (result.request !== null) facts.push([t('fact.request'), result.request]);
  else if (about.asksForRequest) facts.push([t('fact.request'), t('verify.noRequest')]);
  if (result.strays.length > 0) facts.push([t('fact.strays'), strayText(result.strays)]);
  facts.push([t('fact.time'), figures.duration(result.seconds)]);
  return facts;
}

export function strayText(strays: readonly string[]): string {
  return strays.map(escapeForTerminal).join(', ');
}

function nextStep(page: Page, result: VerifyResult, { name, db, root }: VerifyAbout): string[] {
  if (!isBundle(result)) return ['', ...prose(page, page.texts.t('verify.nextNotBundle'))];
  if (name === STANDARD_INPUT) return [];
  if (result.files === 0 && result.lostTotal > 0)
    return ['', ...prose(page, page.texts.t('verify.nextNewCopy'))];
  const text = page.texts.t(result.verdict === 'damaged' ? 'verify.nextSalvage' : 'verify.nextApply');
  const command = commandText(['apply', name, ...ofArchive({ db, root })]);
  return ['', ...prose(page, text), ...commandLines(page, command)];
}
