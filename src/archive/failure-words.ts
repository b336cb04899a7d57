/** Why a record has failed, as the books have it: the words by which it can be told later what would help. */
export const CONTENT_DAMAGED = 'the file in the bundle is damaged';
export const CONTENT_MISSING = 'the file is not in the bundle';

const LEFT_OUT = 'left out by the sender: ';

/** Why it was left out, in words. */
export function omittedReason(line: { readonly omitted: string; readonly detail?: string }): string {
  return `${LEFT_OUT}${line.omitted}${line.detail === undefined ? '' : ` (${line.detail})`}`;
}

/** True of a reason that no other copy of the bundle would do away with. */
export function isSendersReason(reason: string): boolean {
  return reason.startsWith(LEFT_OUT);
}

/** SQL: a row of `sync_files` failed since its content did not come, so that another bundle may bring it. */
export const LACKED_CONTENT = `(error_message IN ('${CONTENT_DAMAGED}', '${CONTENT_MISSING}') OR error_message GLOB '${LEFT_OUT}*')`;
