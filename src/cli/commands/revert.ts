import { EXIT, type ExitStatus } from '../../base/errors.ts';
import type { RevertResult } from '../../revert/options.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import type { Session } from '../session.ts';

interface RevertFlags {
  readonly db: string;
  readonly root?: string;
  readonly backup: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const revertCommand: CommandDeclaration = {
  declare(form) {
    form.about('revert.summary', 'revert.about');
    form.argument('<OPERATION>', 'revert.argument.operation');
    form.database();
    form.option('--no-backup', 'apply.option.noBackup');
    form.option('--dry-run', 'option.dryRun');
    form.option('--yes', 'option.yes');
    form.examples([
      ['revert.example.dryRun', 'indabundle revert 0123456789abcdef --dry-run'],
      ['revert.example.revert', 'indabundle revert 0123456789abcdef'],
    ]);
    form.run<RevertFlags>(runRevert);
  },
};

async function runRevert(
  session: Session,
  [operationId = '']: readonly string[],
  { yes, dryRun = false, ...options }: RevertFlags,
): Promise<ExitStatus> {
  const [{ revert }, { revertLines }, { revertStatus }] = await Promise.all([
    import('../../revert/revert.ts'),
    import('../reports/revert-report.ts'),
    import('../exit-status.ts'),
  ]);
  const attempt = (onlySay: boolean) =>
    session.watch((observer, signal) =>
      revert({ ...options, operationId, dryRun: onlySay, observer, signal }),
    );
  if (session.asks && !dryRun && !yes && !(await agreed(session, await attempt(true)))) {
    return EXIT.interrupted;
  }
  const result = await attempt(dryRun);
  const exitStatus = revertStatus(result);
  session.log.write('info', 'result', result);
  if (session.json) await session.answer({ command: session.command, result, exitStatus });
  else await session.print(revertLines(session.page, result, { quiet: session.quiet }));
  return exitStatus;
}

/** Shows what would go, and asks; where nothing would, there is nothing to ask. */
async function agreed(session: Session, plan: RevertResult): Promise<boolean> {
  const { isNothing, revertLines } = await import('../reports/revert-report.ts');
  if (isNothing(plan)) return true;
  await session.print(revertLines(session.page, plan, { quiet: false, asPlan: true }));
  return session.confirmed('revert.ask');
}
