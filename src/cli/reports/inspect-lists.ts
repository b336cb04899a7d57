import type { ImageRecord, IndexLine } from '../../manifest/types.ts';
import { escapeForTerminal } from '../output/escape.ts';
import type { Page } from '../output/page.ts';
import type { Printer } from '../output/printer.ts';
import { type Clip, clip, pad } from '../output/text-width.ts';

/** One column of a list that is as long as the bundle: its width is decided before the first row. */
interface ListColumn {
  readonly title: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
  readonly clip?: Clip;
}

const SIZE_WIDTH = 8;
const DATE_WIDTH = 10;
const INDENT = '  ';
const GAP = '  ';

/** Prints the images: set in columns on a terminal; else in full, with tabs between, one a line. */
export async function printRecords(
  page: Page,
  printer: Printer,
  records: AsyncIterable<ImageRecord>,
): Promise<void> {
  const { t } = page.texts;
  const room = page.tableWidth - SIZE_WIDTH - DATE_WIDTH - INDENT.length - 3 * GAP.length;
  const author = Math.max(8, Math.min(28, Math.floor(room * 0.35)));
  const columns: ListColumn[] = [
    { title: t('column.date'), width: DATE_WIDTH },
    { title: t('column.author'), width: author },
    { title: t('column.size'), width: SIZE_WIDTH, align: 'right' },
    { title: t('column.title'), width: Math.max(8, room - author) },
  ];
  await printList(page, printer, columns, records, ({ image, file }) => [
    (image.taken_date ?? image.upload_date ?? '').slice(0, page.isTerminal ? DATE_WIDTH : undefined),
    image.author ?? '',
    file === undefined ? '–' : sizeText(page, file.size),
    image.title ?? '',
    ...(page.isTerminal ? [] : [file?.digest ?? '', image.page_url ?? image.url ?? '']),
  ]);
}

/** Prints the payload files and the omitted ones. */
export async function printFiles(
  page: Page,
  printer: Printer,
  files: AsyncIterable<IndexLine>,
): Promise<void> {
  const { t } = page.texts;
  const room = page.tableWidth - SIZE_WIDTH - INDENT.length - GAP.length;
  const columns: ListColumn[] = [
    { title: t('column.size'), width: SIZE_WIDTH, align: 'right' },
    { title: t('column.file'), width: room, clip: 'middle' },
  ];
  await printList(page, printer, columns, files, (line) => {
    if ('path' in line) return [sizeText(page, line.size), line.path];
    const why = `${t(`omission.${line.omitted}`)}${line.detail === undefined ? '' : ` (${page.texts.detail(line.detail)})`}`;
    const text = `${why}: ${line.digest ?? line.url ?? ''}`;
    return ['–', page.isTerminal ? clip(text, room) : text];
  });
}

/** For people as they read sizes; for programs in bytes. */
function sizeText(page: Page, bytes: number): string {
  return page.isTerminal ? page.figures.bytes(bytes) : String(bytes);
}

async function printList<Item>(
  page: Page,
  printer: Printer,
  columns: readonly ListColumn[],
  items: AsyncIterable<Item>,
  cellsOf: (item: Item) => readonly string[],
): Promise<void> {
  let empty = true;
  for await (const item of items) {
    if (!printer.open) return;
    if (empty && page.isTerminal)
      await printer.lines([
        page.colors.dim(
          setRow(
            columns,
            columns.map(({ title }) => title),
          ),
        ),
      ]);
    empty = false;
    const cells = cellsOf(item).map(escapeForTerminal);
    await printer.lines([page.isTerminal ? setRow(columns, cells) : cells.join('\t')]);
  }
  if (empty && page.isTerminal) await printer.lines([INDENT + page.texts.t('inspect.empty')]);
}

function setRow(columns: readonly ListColumn[], cells: readonly string[]): string {
  const set = columns.map((column, index) => {
    const text = clip(cells[index] ?? '', column.width, column.clip);
    return pad(text, column.width, column.align);
  });
  return (INDENT + set.join(GAP)).trimEnd();
}
