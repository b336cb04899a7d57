import type { ExitStatus } from '../../base/errors.ts';
import type { DemoFolder } from '../../demo/demo-folder.ts';
import { commandText } from '../command-text.ts';
import type { MessageKey } from '../messages/en.ts';
import { escapeForTerminal } from '../output/escape.ts';
import { commandLines, type Fact, factList, type Page, prose } from '../output/page.ts';

/** Who the demo is about, and where it was made. */
export function beginningLines(
  page: Page,
  demo: DemoFolder,
  counts: { sender: number; receiver: number },
): string[] {
  const { t } = page.texts;
  return [
    ...prose(page, t('demo.welcome')),
    '',
    ...prose(page, t('demo.made', counts)),
    `  ${escapeForTerminal(demo.sender)}`,
    `  ${escapeForTerminal(demo.receiver)}`,
  ];
}

/** What comes now, and the command as one would type it. */
export function stepLines(page: Page, name: MessageKey, step: number, command: string): string[] {
  const { colors, texts } = page;
  const rule = colors.dim('─'.repeat(Math.min(page.width, 80)));
  const title = prose(page, texts.t(name, { step })).map((line) => colors.bold(line));
  const typed = commandLines(page, command).map((line, index) =>
    index === 0 ? `${colors.dim('$')}${line.slice(1)}` : line,
  );
  return ['', rule, ...title, '', ...typed, ''];
}

/** How a step ended, as a script would see it. */
export function stepEndLines(page: Page, status: ExitStatus): string[] {
  const { t } = page.texts;
  const meaning = t(status === 0 || status === 3 ? `demo.status.${status}` : 'demo.status.other');
  return ['', page.colors.dim(`(${t('demo.status', { status, meaning })})`)];
}

/** Where to look now. */
export function endingLines(page: Page, demo: DemoFolder): string[] {
  const { t } = page.texts;
  const facts: Fact[] = [
    [escapeForTerminal(demo.sender), t('demo.end.sender')],
    [escapeForTerminal(demo.receiver), t('demo.end.receiver')],
    [escapeForTerminal(demo.bundle), t('demo.end.bundle')],
  ];
  const rule = page.colors.dim('─'.repeat(Math.min(page.width, 80)));
  const again = commandLines(page, commandText(['demo', demo.folder, '--force']));
  return [
    '',
    rule,
    ...prose(page, t('demo.end')),
    ...factList(page, facts),
    '',
    t('demo.end.again'),
    ...again,
  ];
}
