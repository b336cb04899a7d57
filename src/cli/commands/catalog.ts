import { EXIT, type ExitStatus } from '../../base/errors.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import * as values from '../option-values.ts';
import type { Session } from '../session.ts';
import { UsageProblem } from '../usage-problem.ts';

interface CatalogFlags {
  readonly output?: string;
  readonly db: string;
  readonly root?: string;
  readonly map?: readonly values.PathMap[];
  readonly label?: string;
  readonly created?: string;
  readonly force?: boolean;
}

export const catalogCommand: CommandDeclaration = {
  declare(form) {
    form.about('catalog.summary', 'catalog.about');
    form.option('-o, --output <FILE>', 'catalog.option.output', { parse: values.fileName('-o') });
    form.database();
    form.option('--map <OLD=NEW>', 'export.option.map', { parse: values.collect(values.pathMap('--map')) });
    form.option('--label <TEXT>', 'catalog.option.label', { parse: values.nonEmpty('--label') });
    form.option('--created <TIME>', 'export.option.created', { parse: values.time('--created') });
    form.option('--force', 'catalog.option.force');
    form.examples([['catalog.example.write', 'indabundle catalog --label Anna -o anna.indacatalog']]);
    form.run<CatalogFlags>((session, _, flags) => runCatalog(session, flags));
  },
};

async function runCatalog(session: Session, flags: CatalogFlags): Promise<ExitStatus> {
  const { output, map, ...rest } = flags;
  if (output === undefined) throw new UsageProblem('problem.no-catalog-output', {}, { command: 'catalog' });
  const options = { ...rest, output, ...(map === undefined ? {} : { maps: map }) };
  const [{ writeCatalog }, { catalogLines }] = await Promise.all([
    import('../../catalog/write-catalog.ts'),
    import('../reports/catalog-report.ts'),
  ]);
  const result = await session.watch((observer, signal) => writeCatalog({ ...options, observer, signal }));
  session.log.write('info', 'result', result);
  const exitStatus = EXIT.whole;
  if (session.json) await session.answer({ command: session.command, result, exitStatus });
  else if (!session.quiet) await session.print(catalogLines(session.page, result, output));
  return exitStatus;
}
