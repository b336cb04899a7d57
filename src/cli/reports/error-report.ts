import type { BundleError } from '../../base/errors.ts';
import type { MessageKey } from '../messages/en.ts';
import { commandLines, type Page, prose } from '../output/page.ts';
import { wrap } from '../output/text-width.ts';
import { heading } from './heading.ts';
import { findingLines } from './findings-report.ts';

/** One of our files was named in the place of another: what it is says all, and what it is for. */
export function mistakenLines(page: Page, { code, params }: BundleError, key: MessageKey): string[] {
  const text = page.texts.t(key, { path: String(params['path']) });
  return [...heading(page, 'bad', text), page.colors.dim(`  [${code}]`)];
}

/** An error in words: what happened and why, what to do next, its code, and the command to go on with. */
export function errorLines(page: Page, error: BundleError, resume: string | null): string[] {
  const { colors, texts } = page;
  const { what, next } = texts.error(error);
  const stopped = error.code === 'interrupted';
  const mark = stopped ? colors.yellow('■') : colors.red('✘');
  const lines = wrap(what, page.width - 2).map((line, index) => {
    const text = stopped ? line : colors.red(line);
    return index === 0 ? `${mark} ${text}` : `  ${text}`;
  });
  if (error.findings.length > 0) lines.push(...findingLines(page, error.findings, error.findings.length));
  if (!stopped || resume === null) lines.push(...prose(page, next, '  '));
  if (error.code === 'internal') lines.push(...prose(page, texts.t('run.internal-debug'), '  '));
  if (resume !== null)
    lines.push(`  ${texts.t('run.resume')}`, ...commandLines(page, resume).map((line) => `  ${line}`));
  lines.push(colors.dim(`  [${error.code}]`));
  return lines;
}
