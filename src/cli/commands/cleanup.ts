import { EXIT, type ExitStatus } from '../../base/errors.ts';
import type { CleanupResult } from '../../cleanup/options.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import * as values from '../option-values.ts';
import type { Session } from '../session.ts';

interface CleanupFlags {
  readonly db: string;
  readonly root?: string;
  readonly olderThan?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export const cleanupCommand: CommandDeclaration = {
  declare(form) {
    form.about('cleanup.summary', 'cleanup.about');
    form.argument('[ID]', 'cleanup.argument.id');
    form.database();
    form.option('--older-than <AGE>', 'cleanup.option.olderThan', { parse: values.age('--older-than') });
    form.option('--dry-run', 'option.dryRun');
    form.option('--yes', 'option.yes');
    form.examples([
      ['cleanup.example.dryRun', 'indabundle cleanup --dry-run'],
      ['cleanup.example.old', 'indabundle cleanup --older-than 30d'],
    ]);
    form.run<CleanupFlags>(runCleanup);
  },
};

async function runCleanup(
  session: Session,
  [id]: readonly string[],
  { yes, dryRun = false, ...rest }: CleanupFlags,
): Promise<ExitStatus> {
  const [{ cleanup }, { cleanupLines }] = await Promise.all([
    import('../../cleanup/cleanup.ts'),
    import('../reports/cleanup-report.ts'),
  ]);
  const options = { ...rest, ...(id === undefined ? {} : { id }) };
  const attempt = (onlySay: boolean) =>
    session.watch((observer, signal) => cleanup({ ...options, dryRun: onlySay, observer, signal }));
  if (session.asks && !dryRun && !yes && !(await agreed(session, await attempt(true)))) {
    return EXIT.interrupted;
  }
  const result = await attempt(dryRun);
  const exitStatus = EXIT.whole;
  session.log.write('info', 'result', result);
  if (session.json) await session.answer({ command: session.command, result, exitStatus });
  else if (!session.quiet || dryRun) await session.print(cleanupLines(session.page, result));
  return exitStatus;
}

async function agreed(session: Session, plan: CleanupResult): Promise<boolean> {
  if (plan.litter.length === 0) return true;
  const { cleanupLines } = await import('../reports/cleanup-report.ts');
  await session.print(cleanupLines(session.page, plan, true));
  return session.confirmed('cleanup.ask');
}
