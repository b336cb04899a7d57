import { EXIT, type ExitStatus } from '../../base/errors.ts';
import type { AnalyzeOptions } from '../../analyze/options.ts';
import type { CommandDeclaration, CommandForm } from '../command-declaration.ts';
import * as values from '../option-values.ts';
import type { Session } from '../session.ts';
import { UsageProblem } from '../usage-problem.ts';

interface AnalyzeFlags {
  readonly remote?: readonly string[];
  readonly output?: string;
  readonly db: string;
  readonly root?: string;
  readonly listId?: string;
  readonly retry?: string;
  readonly created?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export const analyzeCommand: CommandDeclaration = {
  declare(form) {
    form.about('analyze.summary', 'analyze.about');
    declareOptions(form);
    form.examples([
      ['analyze.example.ask', 'indabundle analyze --remote anna.indacatalog -o anna.indarequest'],
      [
        'analyze.example.several',
        'indabundle analyze --remote anna.indacatalog --remote bela.indacatalog -o requests',
      ],
      ['analyze.example.dryRun', 'indabundle analyze --remote stick/indafoto.db --dry-run'],
      [
        'analyze.example.retry',
        'indabundle analyze --retry 0123456789abcdef --remote bela.indacatalog -o bela.indarequest',
      ],
    ]);
    form.run<AnalyzeFlags>((session, _, flags) => runAnalyze(session, flags));
  },
};

function declareOptions(form: CommandForm): void {
  const parseRemote = values.collect(values.nonEmpty('--remote'));
  form.option('--remote <DB-OR-CATALOG>', 'analyze.option.remote', { parse: parseRemote });
  form.option('-o, --output <FILE>', 'analyze.option.output', { parse: values.fileName('-o') });
  form.database();
  form.option('--retry <ID>', 'analyze.option.retry', { parse: values.nonEmpty('--retry') });
  form.option('--list-id <ID>', 'analyze.option.listId', { parse: values.nonEmpty('--list-id') });
  form.option('--created <TIME>', 'export.option.created', { parse: values.time('--created') });
  form.option('--force', 'analyze.option.force');
  form.option('--dry-run', 'option.dryRun');
}

async function runAnalyze(session: Session, flags: AnalyzeFlags): Promise<ExitStatus> {
  const { remote, listId, retry, ...rest } = flags;
  if (listId !== undefined) return showList(session, flags, listId);
  if (remote === undefined) throw new UsageProblem('problem.no-remote', {}, { command: 'analyze' });
  const options = { ...rest, remotes: remote };
  return retry === undefined ? compare(session, options) : retryList(session, options, retry);
}

async function showList(session: Session, flags: AnalyzeFlags, listId: string): Promise<ExitStatus> {
  const { remote, output, retry, dryRun, db, root } = flags;
  if (remote !== undefined || output !== undefined || retry !== undefined || dryRun === true) {
    throw new UsageProblem('problem.list-id-alone', {}, { command: 'analyze' });
  }
  const [{ analyzeList }, { listLines }] = await Promise.all([
    import('../../analyze/analyze-list.ts'),
    import('../reports/list-report.ts'),
  ]);
  const result = analyzeList({ db, listId, ...(root === undefined ? {} : { root }) });
  return answer(session, result, () => listLines(session.page, result));
}

async function compare(session: Session, options: AnalyzeOptions): Promise<ExitStatus> {
  const [{ analyze }, { analyzeLines }] = await Promise.all([
    import('../../analyze/analyze.ts'),
    import('../reports/analyze-report.ts'),
  ]);
  const result = await session.watch((observer, signal) => analyze({ ...options, observer, signal }));
  return answer(session, result, () => analyzeLines(session.page, result, options));
}

async function retryList(session: Session, options: AnalyzeOptions, listId: string): Promise<ExitStatus> {
  const [{ retry }, { retryLines }] = await Promise.all([
    import('../../analyze/retry.ts'),
    import('../reports/retry-report.ts'),
  ]);
  const result = await session.watch((observer, signal) => retry({ ...options, listId, observer, signal }));
  return answer(session, result, () => retryLines(session.page, result, options));
}

/** What is lacking is no failure: comparing answers 0. */
async function answer(session: Session, result: object, lines: () => string[]): Promise<ExitStatus> {
  const exitStatus = EXIT.whole;
  session.log.write('info', 'result', result);
  if (session.json) await session.answer({ command: session.command, result, exitStatus });
  else if (!session.quiet) await session.print(lines());
  return exitStatus;
}
