import { EXIT, type ExitStatus } from '../../base/errors.ts';
import type { BackupOptions } from '../../backup/options.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import * as values from '../option-values.ts';
import type { Session } from '../session.ts';

type BackupFlags = Pick<BackupOptions, 'db' | 'output' | 'force'>;

export const backupCommand: CommandDeclaration = {
  declare(form) {
    form.about('backup.summary', 'backup.about');
    form.option('-o, --output <FILE>', 'backup.option.output', { parse: values.fileName('-o') });
    form.databaseFile();
    form.option('--force', 'backup.option.force');
    form.examples([
      ['backup.example.here', 'indabundle backup'],
      ['backup.example.stick', 'indabundle backup -o stick'],
    ]);
    form.run<BackupFlags>((session, _, flags) => runBackup(session, flags));
  },
};

async function runBackup(session: Session, flags: BackupFlags): Promise<ExitStatus> {
  const [{ backupArchive }, { backupLines }] = await Promise.all([
    import('../../backup/backup-archive.ts'),
    import('../reports/backup-report.ts'),
  ]);
  const result = await session.watch((observer, signal) => backupArchive({ ...flags, observer, signal }));
  const exitStatus = EXIT.whole;
  session.log.write('info', 'result', result);
  if (session.json) await session.answer({ command: session.command, result, exitStatus });
  else if (!session.quiet) await session.print(backupLines(session.page, result));
  return exitStatus;
}
