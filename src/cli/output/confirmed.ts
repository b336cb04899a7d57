import type { MessageKey } from '../messages/en.ts';
import type { Texts } from '../texts.ts';

/** The question hides it. */
const SHOW_CURSOR = '\u001b[?25h';

/** Asks at the terminal; true only for a yes (Ctrl-C and Ctrl-D are a no). `expected` is what Enter alone answers. */
export async function confirmed(texts: Texts, question: MessageKey, expected = true): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts');
  const answer = await Promise.race([
    endOfInput(),
    confirm({
      message: texts.t(question),
      active: texts.t('yes'),
      inactive: texts.t('no'),
      initialValue: expected,
    }),
  ]);
  return !isCancel(answer) && answer;
}

/** Who ends the input (Ctrl-D) has answered no: the question itself would wait until nothing is left to wait for. */
function endOfInput(): Promise<false> {
  return new Promise((resolve) => {
    process.once('beforeExit', () => {
      process.stdout.write(SHOW_CURSOR);
      resolve(false);
    });
  });
}
