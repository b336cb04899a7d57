import type { DiffCounts, Difference, DiffResult, Side } from '../../diff/options.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { type Fact, factList, type Page } from '../output/page.ts';
import type { Printer } from '../output/printer.ts';
import { tableLines } from '../output/table.ts';
import { heading } from './heading.ts';

/** What each side has that the other has not. */
export function diffLines(page: Page, result: DiffResult): string[] {
  const { t } = page.texts;
  const { a, b, onlyA, onlyB, photoOnlyA, photoOnlyB, other, unknown } = result;
  const differs =
    [onlyA, onlyB, photoOnlyA, photoOnlyB].some(({ images }) => images > 0) || other + unknown > 0;
  const columns = [
    { title: t('diff.column.what'), fit: 'wrap', least: 24 },
    { title: t('column.images'), align: 'right' },
    { title: t('column.size'), align: 'right' },
  ] as const;
  const rows = [
    amount(page, t('diff.onlyA'), onlyA),
    amount(page, t('diff.onlyB'), onlyB),
    amount(page, t('diff.photoOnlyA'), photoOnlyA),
    amount(page, t('diff.photoOnlyB'), photoOnlyB),
    [t('diff.other'), page.figures.number(other), ''],
    [t('diff.unknown'), page.figures.number(unknown), ''],
    [t('diff.same'), page.figures.number(result.same), ''],
  ];
  return [
    ...heading(page, differs ? 'neutral' : 'good', t(differs ? 'diff.differ' : 'diff.equal')),
    '',
    ...factList(page, [sideFact(page, 'A', a), sideFact(page, 'B', b)]),
    '',
    ...tableLines(page, columns, rows),
  ];
}

function amount({ figures }: Page, what: string, { images, bytes }: DiffCounts): string[] {
  return [what, figures.number(images), images === 0 ? '' : figures.bytes(bytes)];
}

function sideFact({ texts, figures }: Page, letter: string, side: Side): Fact {
  const path = escapeForTerminal(side.path);
  const name = side.label === null ? path : `${path} (${texts.detail(side.label)})`;
  const counts = { images: figures.number(side.images), photos: figures.number(side.photos) };
  return [letter, `${name}: ${texts.t(`diff.kind.${side.kind}`)}, ${texts.t('diff.has', counts)}`];
}

/** One line for each difference, with tabs between: side, kind, size, author, address or digest. */
export async function printDifferences(
  page: Page,
  printer: Printer,
  differences: Iterable<Difference>,
): Promise<void> {
  const { t } = page.texts;
  for (const { side, kind, image } of differences) {
    const size =
      image.size === null ? '–' : page.isTerminal ? page.figures.bytes(image.size) : String(image.size);
    const cells = [side.toUpperCase(), t(`diff.list.${kind}`), size, image.author ?? '', nameOf(image)];
    await printer.lines([cells.map(escapeForTerminal).join(page.isTerminal ? '  ' : '\t')]);
  }
}

/** The site's number of the image, where it has one; else its address or digest. */
function nameOf({ site, url, pageUrl, digest }: Difference['image']): string {
  return site === null ? (url ?? pageUrl ?? digest ?? '?') : `#${site}`;
}
