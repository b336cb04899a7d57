import { EXIT, type ExitStatus } from '../../base/errors.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import * as values from '../option-values.ts';
import type { Session } from '../session.ts';

interface DiffFlags {
  readonly root?: string;
  readonly files?: boolean;
}

export const diffCommand: CommandDeclaration = {
  declare(form) {
    form.about('diff.summary', 'diff.about');
    form.argument('<A>', 'diff.argument.a');
    form.argument('<B>', 'diff.argument.b');
    form.option('--files', 'diff.option.files');
    form.option('--root <FOLDER>', 'option.root', { parse: values.nonEmpty('--root') });
    form.examples([
      ['diff.example.catalog', 'indabundle diff indafoto.db anna.indacatalog'],
      ['diff.example.bundle', 'indabundle diff trip.indabundle indafoto.db --files'],
    ]);
    form.run<DiffFlags>(runDiff);
  },
};

async function runDiff(
  session: Session,
  [a = '', b = '']: readonly string[],
  { root, files }: DiffFlags,
): Promise<ExitStatus> {
  const [{ Diff }, { diffLines, printDifferences }, { Lines }] = await Promise.all([
    import('../../diff/diff.ts'),
    import('../reports/diff-report.ts'),
    import('../output/json-document.ts'),
  ]);
  const options = { a, b, ...(root === undefined ? {} : { root }) };
  const { comparison, result } = await session.watch(async (observer, signal) => {
    const opened = await Diff.open({ ...options, observer, signal });
    return { comparison: opened, result: opened.result() };
  });
  try {
    session.log.write('info', 'result', result);
    const exitStatus = EXIT.whole;
    const list = async function* () {
      yield* comparison.differences();
    };
    if (session.json) {
      const differences = files ? { differences: new Lines(list()) } : {};
      await session.answer({ command: session.command, result, ...differences, exitStatus });
    } else {
      if (!session.quiet) await session.print(diffLines(session.page, result));
      if (files) await printDifferences(session.page, session.printer, comparison.differences());
    }
    return exitStatus;
  } finally {
    comparison.close();
  }
}
