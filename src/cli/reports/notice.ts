import type { Event, NoticeCode } from '../../base/events.ts';
import { type Page, prose } from '../output/page.ts';

type Notice = Extract<Event, { type: 'notice' }>;

/** What the report says anyway. */
const IN_THE_REPORT: ReadonlySet<NoticeCode> = new Set(['larger-available', 'stray-file']);

/** A fact worth a line, while the work goes on; none for what the report will say. */
export function noticeLines(page: Page, { notice, params }: Notice): string[] {
  if (IN_THE_REPORT.has(notice)) return [];
  return prose(page, page.texts.t(`notice.${notice}`, params), '  ').map((line, index) =>
    index === 0 ? line.replace(/^ {2}/, `${page.colors.cyan('i')} `) : line,
  );
}
