import type { OmittedLine } from '../manifest/types.ts';

const LEFT_OUT = 'left out by the sender: ';

/** Why it was left out, in words. */
export function omittedReason(line: OmittedLine): string {
  return `${LEFT_OUT}${line.omitted}${line.detail === undefined ? '' : ` (${line.detail})`}`;
}

/** True of a reason that no other copy of the bundle would do away with. */
export function isSendersReason(reason: string): boolean {
  return reason.startsWith(LEFT_OUT);
}
