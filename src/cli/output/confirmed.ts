import type { MessageKey } from '../messages/en.ts';
import type { Texts } from '../texts.ts';

/** Asks at the terminal; true only for a yes (Ctrl-C is a no). `expected` is what Enter alone answers. */
export async function confirmed(texts: Texts, question: MessageKey, expected = true): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await confirm({
    message: texts.t(question),
    active: texts.t('yes'),
    inactive: texts.t('no'),
    initialValue: expected,
  });
  return !isCancel(answer) && answer;
}
