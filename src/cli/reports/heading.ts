import type { Page } from '../output/page.ts';
import { wrap } from '../output/text-width.ts';

export type Mood = 'good' | 'partly' | 'bad' | 'neutral';

/** The first line of a report: how it ended, before the details. */
export function heading(page: Page, mood: Mood, text: string): string[] {
  const { colors } = page;
  const marks = {
    good: colors.green('✔'),
    partly: colors.yellow('!'),
    bad: colors.red('✘'),
    neutral: colors.cyan('•'),
  };
  return wrap(text, page.width - 2).map(
    (line, index) => `${index === 0 ? marks[mood] : ' '} ${colors.bold(line)}`,
  );
}
