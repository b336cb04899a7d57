import { type ErrorCode, EXIT, type ExitStatus } from '../../base/errors.ts';
import { volumeNumbersText } from '../../base/volume-text.ts';
import { shownName } from '../bundle-inputs.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { type Page, prose } from '../output/page.ts';
import { tableLines } from '../output/table.ts';
import { heading } from './heading.ts';

/** How one of several bundles ended. */
export interface Ended {
  readonly name: string;
  readonly status: ExitStatus;
  /** What kept it from being done. */
  readonly error?: ErrorCode;
}

/** Bundles that are named; the report of each stands above. */
const SHOWN = 20;

/** After many reports, one for all: which bundles are not whole, or were not done, and which volumes of their series are missing. */
export function severalLines(
  page: Page,
  ended: readonly Ended[],
  given: number,
  missing: readonly (readonly number[])[] = [],
): string[] {
  const text = (numbers: readonly number[]) =>
    page.texts.t('series.missing', { numbers: volumeNumbersText(numbers) });
  return [
    ...endedLines(page, ended, given, missing.length > 0),
    ...missing.flatMap((numbers) => prose(page, text(numbers), '  ')),
  ];
}

function endedLines(page: Page, ended: readonly Ended[], given: number, isShort: boolean): string[] {
  const { t } = page.texts;
  const open = ended.filter(({ status }) => status !== EXIT.whole);
  if (open.length === 0 && ended.length === given)
    return ['', ...heading(page, isShort ? 'partly' : 'good', t('several.whole', { count: given }))];
  const whole = page.figures.number(ended.length - open.length);
  const columns = [
    { title: t('column.bundle'), fit: 'middle', least: 20 },
    { title: t('column.state'), fit: 'wrap', least: 12 },
  ] as const;
  const rows = open
    .slice(0, SHOWN)
    .map((one) => [escapeForTerminal(shownName(one.name, page.texts)), stateOf(page, one)]);
  const more = open.length - rows.length;
  const left = given - ended.length;
  return [
    '',
    ...heading(page, 'partly', t('several.some', { count: given, whole })),
    ...(rows.length > 0 ? tableLines(page, columns, rows) : []),
    ...(more > 0 ? [`  ${t('unit.more', { count: more })}`] : []),
    ...(left > 0 ? prose(page, t('several.left', { count: left }), '  ') : []),
  ];
}

function stateOf({ texts: { t } }: Page, { status, error }: Ended): string {
  if (error === 'input-not-found') return t('several.missing');
  if (status === EXIT.partial) return t('several.partly');
  return t(status === EXIT.refused ? 'several.refused' : 'several.failed');
}
