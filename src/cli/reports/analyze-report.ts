import type { AnalyzeOptions, AnalyzeResult, Comparison, RemoteAnalysis } from '../../analyze/options.ts';
import { type ArchiveFlags, commandText, ofArchive } from '../command-text.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, factList, type Page, prose } from '../output/page.ts';
import { tableLines } from '../output/table.ts';
import { amountText, answerLines, askedFacts } from './asked-facts.ts';
import { heading } from './heading.ts';

/** Authors that are shown of each remote. */
const TOP = 10;

/** What each side lacks of the other, what is asked of whom, and what to send. */
export function analyzeLines(page: Page, result: AnalyzeResult, options: AnalyzeOptions): string[] {
  const remotes = result.remotes.flatMap((remote, at) => ['', ...remoteLines(page, remote, options, at)]);
  const write =
    result.dryRun && result.asked > 0 ? ['', ...prose(page, page.texts.t('analyze.nextWrite'))] : [];
  return [...title(page, result), ...remotes, ...write];
}

function title(page: Page, { asked, dryRun, remotes }: AnalyzeResult): string[] {
  const { t } = page.texts;
  if (asked === 0 && remotes.some(({ nameless }) => nameless > 0))
    return heading(page, 'partly', t('analyze.nothingAsked'));
  if (asked === 0) return heading(page, 'good', t('analyze.nothing'));
  if (dryRun) return heading(page, 'neutral', t('analyze.dryRun', { count: asked }));
  return heading(page, 'good', t('analyze.asked', { count: asked }));
}

/** What an archive is called: as its owner does, else as the user named it. */
export function remoteName({ texts }: Page, label: string | null, named: string): string {
  const name = escapeForTerminal(named);
  return label === null ? name : `${texts.detail(label)} (${name})`;
}

function remoteLines(page: Page, remote: RemoteAnalysis, options: AnalyzeOptions, at: number): string[] {
  const { t } = page.texts;
  const named = options.remotes[at] ?? remote.remote;
  const images = t('unit.images', { count: remote.images });
  const name = t('analyze.remote', { name: remoteName(page, remote.label, named), images });
  const lines = [...prose(page, name), ...comparisonTable(page, remote)];
  const { missing, restore } = remote.weLack;
  if (missing.byAuthor.length + restore.byAuthor.length > 0) lines.push('', ...authorTable(page, remote));
  if (remote.asked.images > 0) lines.push('', ...factList(page, askedFacts(page, remote.asked)));
  if (remote.nameless > 0) lines.push('', ...prose(page, t('analyze.nameless', { count: remote.nameless })));
  const answer = answerLines(page, remote.asked, options.db);
  if (answer.length > 0) lines.push('', ...answer);
  return [...lines, ...givingLines(page, remote, named, options)];
}

const GAPS = ['missing', 'restore'] as const;
const COUNTS = ['present', 'conflict', 'undecided', 'banned', 'withoutFile'] as const;

function comparisonTable(page: Page, { weLack, theyLack }: RemoteAnalysis): string[] {
  const { texts, figures } = page;
  const columns = [
    { title: texts.t('column.gap'), fit: 'wrap', least: 20 },
    { title: texts.t('column.youLack'), align: 'right', fit: 'wrap', least: 12 },
    { title: texts.t('column.theyLack'), align: 'right', fit: 'wrap', least: 12 },
  ] as const;
  const gap = (side: Comparison, key: (typeof GAPS)[number]) =>
    side[key].images === 0 ? figures.number(0) : amountText(page, side[key]);
  const gaps = GAPS.filter((key) => weLack[key].images + theyLack[key].images > 0);
  const counts = COUNTS.filter((key) => weLack[key] + theyLack[key] > 0);
  const rows = [
    ...gaps.map((key) => [texts.t(`gap.${key}`), gap(weLack, key), gap(theyLack, key)]),
    ...counts.map((key) => [
      texts.t(`gap.${key}`),
      figures.number(weLack[key]),
      key === 'banned' ? '' : figures.number(theyLack[key]),
    ]),
  ];
  return rows.length === 0 ? [`  ${texts.t('inspect.empty')}`] : tableLines(page, columns, rows);
}

/** The authors of what is lacking here, those of most images first. */
function authorTable(page: Page, { weLack }: RemoteAnalysis): string[] {
  const { texts, figures } = page;
  const columns = [
    { title: texts.t('column.author'), fit: 'end', least: 20 },
    { title: texts.t('column.images'), align: 'right' },
    { title: texts.t('column.size'), align: 'right' },
  ] as const;
  const byAuthor = new Map<string | null, { images: number; bytes: number }>();
  for (const { author, images, bytes } of [...weLack.missing.byAuthor, ...weLack.restore.byAuthor]) {
    const sum = byAuthor.get(author) ?? { images: 0, bytes: 0 };
    byAuthor.set(author, { images: sum.images + images, bytes: sum.bytes + bytes });
  }
  const authors = [...byAuthor].toSorted(([, one], [, other]) => other.images - one.images);
  const rows = authors
    .slice(0, TOP)
    .map(([author, { images, bytes }]) => [
      author === null ? texts.t('fact.nobody') : escapeForTerminal(author),
      figures.number(images),
      bytes > 0 ? figures.bytes(bytes) : '',
    ]);
  const rest = authors.length - rows.length;
  return [
    ...prose(page, texts.t('analyze.lackByAuthor')),
    ...tableLines(page, columns, rows),
    ...(rest > 0 ? [`  ${texts.t('unit.more', { count: rest })}`] : []),
  ];
}

function givingLines(page: Page, { theyLack }: RemoteAnalysis, named: string, where: ArchiveFlags): string[] {
  if (theyLack.missing.images + theyLack.restore.images === 0) return [];
  const command = commandText(['export', ...ofArchive(where), '--for', named, '-o', 'for-them.indabundle']);
  return ['', ...prose(page, page.texts.t('analyze.nextGive')), ...commandLines(page, command)];
}
