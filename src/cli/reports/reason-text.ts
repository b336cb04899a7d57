import { OMISSION_REASONS } from '../../manifest/types.ts';
import type { Page } from '../output/page.ts';

const LEFT_OUT = /^left out by the sender: ([a-z-]+)(?: \((.*)\))?$/;
/** How the exporter books what it could not pack itself. */
const NOT_PACKED = /^([a-z-]+)(?:: (.*))?$/;

/** Why a record failed, as the books have it; what was left out bears the reason of who left it out. */
export function reasonText({ texts }: Page, reason: string): string {
  const leftOut = LEFT_OUT.exec(reason);
  const [, code, detail] = leftOut ?? NOT_PACKED.exec(reason) ?? [];
  const known = OMISSION_REASONS.find((candidate) => candidate === code);
  if (known === undefined) return texts.detail(reason);
  const more = detail === undefined ? '' : ` (${texts.detail(detail)})`;
  const why = `${texts.t(`omission.${known}`)}${more}`;
  return leftOut === null ? why : texts.t('omission.bySender', { why });
}
