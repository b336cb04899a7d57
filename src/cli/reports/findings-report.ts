import type { Finding, Gravity, Place } from '../../base/findings.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { type Page, prose } from '../output/page.ts';
import { pad, widthOf, wrap } from '../output/text-width.ts';
import { reasonText } from './reason-text.ts';

/** Findings one after the other, each with its place, what was expected and what was found. */
export function findingLines(page: Page, findings: readonly Finding[], total: number): string[] {
  const lines = findings.flatMap((finding) => oneFinding(page, finding));
  const rest = total - findings.length;
  if (rest > 0) lines.push(...prose(page, page.texts.t('finding.more', { count: rest }), '  '));
  return lines;
}

function oneFinding(page: Page, finding: Finding): string[] {
  const { texts, colors } = page;
  const title = `${texts.t(`finding.${finding.code}`)} [${finding.code}]`;
  const [first = '', ...more] = wrap(title, page.width - 4);
  const details = detailsOf(page, finding).filter(([, value]) => value !== '');
  const labels = details.map(([key]) => texts.t(`finding.${key}`));
  const labelWidth = Math.max(0, ...labels.map(widthOf));
  return [
    `  ${markOf(page, finding.gravity)} ${first}`,
    ...more.map((line) => `    ${line}`),
    ...details.flatMap(([, value], index) =>
      wrap(value, page.width - labelWidth - 6).map(
        (line, row) => `    ${colors.dim(pad(row === 0 ? (labels[index] ?? '') : '', labelWidth))}  ${line}`,
      ),
    ),
  ];
}

type Detail = readonly ['where' | 'expected' | 'found' | 'digest' | 'address' | 'reason', string];

/** An omission says which photo and why; everything else, what should be there and what is. */
function detailsOf(page: Page, finding: Finding): Detail[] {
  const { texts } = page;
  const where = placeText(page, finding.where);
  const [expected, found] = [texts.detail(finding.expected ?? ''), texts.detail(finding.found ?? '')];
  if (finding.code !== 'file-omitted')
    return [
      ['where', where],
      ['expected', expected],
      ['found', found],
    ];
  return [
    [/^https?:/i.test(expected) ? 'address' : 'digest', expected],
    ['reason', reasonText(page, finding.found ?? '')],
    ['where', where],
  ];
}

function markOf({ colors }: Page, gravity: Gravity): string {
  return gravity === 'omission' ? colors.yellow('–') : colors.red('✘');
}

function placeText({ texts }: Page, where: Place): string {
  const parts = [
    escapeForTerminal(where.bundle ?? ''),
    escapeForTerminal(where.entry ?? ''),
    where.line === undefined ? '' : texts.t('finding.line', { line: where.line }),
    where.frame === undefined ? '' : texts.t('finding.frame', { frame: where.frame }),
    where.offset === undefined ? '' : texts.t('finding.offset', { offset: where.offset }),
  ];
  return parts.filter((part) => part !== '').join(', ');
}
