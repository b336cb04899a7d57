import { EXIT, type ExitStatus } from '../../base/errors.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import type { Session } from '../session.ts';

interface StatusFlags {
  readonly db: string;
  readonly root?: string;
  readonly failed?: boolean;
}

export const statusCommand: CommandDeclaration = {
  declare(form) {
    form.about('status.summary', 'status.about');
    form.argument('[ID]', 'status.argument.id');
    form.database();
    form.option('--failed', 'status.option.failed');
    form.examples([
      ['status.example.all', 'indabundle status'],
      ['status.example.one', 'indabundle status 0123456789abcdef'],
      ['status.example.failed', 'indabundle status --failed'],
    ]);
    form.run<StatusFlags>(runStatus);
  },
};

/** Asking how things are is done when it is answered: failures of the past are no failure of this. */
async function runStatus(
  session: Session,
  [id]: readonly string[],
  { db, root, failed }: StatusFlags,
): Promise<ExitStatus> {
  const [{ statusOf }, { statusLines }] = await Promise.all([
    import('../../status/status-of.ts'),
    import('../reports/status-report.ts'),
  ]);
  const result = await statusOf({
    db,
    ...(root === undefined ? {} : { root }),
    ...(id === undefined ? {} : { id }),
    ...(failed === undefined ? {} : { failed }),
  });
  const exitStatus = EXIT.whole;
  session.log.write('info', 'result', result);
  if (session.json) await session.answer({ command: session.command, result, exitStatus });
  else await session.print(statusLines(session.page, result, { db, root, id, failed: failed === true }));
  return exitStatus;
}
