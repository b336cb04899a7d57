import type { ImageRecord, OmittedLine } from '../manifest/types.ts';

const LEFT_OUT = 'left out by the sender: ';

/** Why it was left out, in words. */
export function omittedReason(line: OmittedLine): string {
  return `${LEFT_OUT}${line.omitted}${line.detail === undefined ? '' : ` (${line.detail})`}`;
}

/** What a person may know it by. */
export function recordName(record: ImageRecord | null): string {
  if (record === null) return '?';
  return record.image.title || record.image.url || record.file?.name || record.image.page_url || '?';
}

/** True of a reason that no other copy of the bundle would do away with. */
export function isSendersReason(reason: string): boolean {
  return reason.startsWith(LEFT_OUT);
}
