import type { Writable } from 'node:stream';
import type { ExitStatus } from '../../base/errors.ts';
import { LEVELS } from '../../base/option-ranges.ts';
import type { ExportOptions, Filters, Selection } from '../../export/options.ts';
import type { CommandDeclaration, CommandForm } from '../command-declaration.ts';
import * as values from '../option-values.ts';
import type { Session } from '../session.ts';
import { asOutputError, STANDARD_OUTPUT } from '../standard-output.ts';
import { OptionProblem, UsageProblem } from '../usage-problem.ts';

interface ExportFlags extends Filters {
  readonly output?: string;
  readonly db: string;
  readonly root?: string;
  readonly request?: string;
  readonly listId?: string;
  readonly for?: string;
  readonly all?: boolean;
  readonly metadataUpdates?: boolean;
  readonly includePersonal?: boolean;
  readonly rehash?: boolean;
  readonly map?: readonly values.PathMap[];
  readonly level?: number;
  readonly label?: string;
  readonly created?: string;
  readonly exportId?: string;
  readonly volumeSize?: number;
  readonly volumes?: readonly number[];
  readonly check?: boolean;
  readonly threads?: number;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export const exportCommand: CommandDeclaration = {
  declare(form) {
    form.about('export.summary', 'export.about');
    form.option('-o, --output <FILE>', 'export.option.output', { parse: values.nonEmpty('-o') });
    form.database();
    declareSelection(form);
    declareContent(form);
    declareVolumes(form);
    form.threads();
    form.option('--force', 'export.option.force');
    form.option('--dry-run', 'option.dryRun');
    form.examples([
      ['export.example.request', 'indabundle export --request anna.indarequest -o trip.indabundle'],
      ['export.example.for', 'indabundle export --for stick/indafoto.db -o trip.indabundle'],
      [
        'export.example.filter',
        'indabundle export --author "Tóth Gábor" --tag balaton --tag tó --since 2010 -o toth.indabundle',
      ],
      ['export.example.volumes', 'indabundle export --all -o stick/trip --volume-size fat32 --check'],
      ['export.example.someVolumes', 'indabundle export --all -o stick/trip --volume-size 25G --volumes 3-5'],
      ['export.example.dryRun', 'indabundle export --all --dry-run'],
    ]);
    form.run<ExportFlags>((session, _, flags) => runExport(session, flags));
  },
};

function declareSelection(form: CommandForm): void {
  form.option('--request <FILE>', 'export.option.request', { parse: values.nonEmpty('--request') });
  form.option('--list-id <ID>', 'export.option.listId', { parse: values.nonEmpty('--list-id') });
  form.option('--for <DB>', 'export.option.for', { parse: values.nonEmpty('--for') });
  form.option('--all', 'export.option.all');
  for (const name of ['author', 'album', 'collection', 'tag', 'license'] as const) {
    const parse = values.collect(values.nonEmpty(`--${name}`));
    form.option(`--${name} <NAME>`, `export.option.${name}`, { parse });
  }
  form.option('--since <DATE>', 'export.option.since', { parse: values.day('--since') });
  form.option('--until <DATE>', 'export.option.until', { parse: values.day('--until') });
}

function declareContent(form: CommandForm): void {
  const parseMap = values.collect(values.pathMap('--map'));
  form.option('--metadata-updates', 'export.option.metadataUpdates');
  form.option('--include-personal', 'export.option.includePersonal');
  form.option('--rehash', 'export.option.rehash');
  form.option('--map <OLD=NEW>', 'export.option.map', { parse: parseMap });
  form.option('--level <N>', 'export.option.level', { parse: values.integerBetween('--level', LEVELS) });
  form.option('--label <TEXT>', 'export.option.label', { parse: values.nonEmpty('--label') });
  form.option('--created <TIME>', 'export.option.created', { parse: values.time('--created') });
  form.option('--export-id <ID>', 'export.option.exportId', { parse: values.exportId('--export-id') });
}

function declareVolumes(form: CommandForm): void {
  const size = values.volumeSize('--volume-size');
  form.option('--volume-size <SIZE>', 'export.option.volumeSize', { parse: size });
  form.option('--volumes <NUMBERS>', 'export.option.volumes', { parse: values.volumeNumbers('--volumes') });
  form.option('--check', 'export.option.check');
}

async function runExport(session: Session, flags: ExportFlags): Promise<ExitStatus> {
  const options = { ...optionsOf(flags), ...outputOf(session, flags) };
  const [{ exportBundle }, { exportLines }, { exportStatus }] = await Promise.all([
    import('../../export/export-bundle.ts'),
    import('../reports/export-report.ts'),
    import('../exit-status.ts'),
  ]);
  const result = await session
    .watch((observer, signal) => exportBundle({ ...options, observer, signal }))
    .catch((error: unknown) => {
      throw flags.output === STANDARD_OUTPUT ? asOutputError(error) : error;
    });
  const exitStatus = exportStatus(result);
  session.log.write('info', 'result', result);
  if (session.json) await session.answer({ command: session.command, result, exitStatus });
  else await session.print(exportLines(session.page, result, { name: flags.output, quiet: session.quiet }));
  return exitStatus;
}

function optionsOf(flags: ExportFlags): ExportOptions {
  const { output: _, for: __, all: ___, request: ____, listId: _____, map, db, ...rest } = flags;
  const { author, album, collection, tag, license, since, until, ...content } = rest;
  return { ...content, db, selection: selectionOf(flags), ...(map === undefined ? {} : { maps: map }) };
}

/** A span that ends before it begins would find nothing. */
function checkSpan({ since, until }: ExportFlags): void {
  if (since === undefined || until === undefined || since.slice(0, until.length) <= until) return;
  throw new OptionProblem('--until', until, 'expected.until');
}

function selectionOf(flags: ExportFlags): Selection {
  checkSpan(flags);
  const { author, album, collection, tag, license, since, until } = flags;
  const given = Object.entries({ author, album, collection, tag, license, since, until });
  const filters: Filters = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  const hasFilters = Object.keys(filters).length > 0;
  const isList = flags.listId !== undefined; // --for then says whose list it is
  const isFor = flags.for !== undefined && !isList;
  const ways = [flags.request !== undefined, isList, isFor, flags.all === true, hasFilters].filter(
    Boolean,
  ).length;
  if (ways === 0) throw new UsageProblem('problem.no-selection', {}, { command: 'export' });
  if (ways > 1) throw new UsageProblem('problem.two-selections', {}, { command: 'export' });
  if (flags.request !== undefined) return { kind: 'request', file: flags.request };
  if (flags.listId !== undefined) return listSelection(flags.listId, flags.for);
  if (flags.for !== undefined) return { kind: 'for', database: flags.for };
  return hasFilters ? { kind: 'filters', filters } : { kind: 'all' };
}

function listSelection(listId: string, database: string | undefined): Selection {
  return { kind: 'list', listId, ...(database === undefined ? {} : { database }) };
}

function checkVolumes({ output, volumeSize, volumes, check }: ExportFlags): void {
  const problem = (key: ConstructorParameters<typeof UsageProblem>[0]) =>
    new UsageProblem(key, {}, { command: 'export' });
  if (volumes !== undefined && volumeSize === undefined) throw problem('problem.volumes-without-size');
  if (output !== STANDARD_OUTPUT) return;
  if (volumeSize !== undefined) throw problem('problem.series-to-stdout');
  if (check) throw problem('problem.check-stdout');
}

function outputOf(session: Session, flags: ExportFlags): { output?: string | Writable } {
  const { output, dryRun } = flags;
  checkVolumes(flags);
  if (output === undefined) {
    if (dryRun) return {};
    throw new UsageProblem('problem.no-output', {}, { command: 'export' });
  }
  if (output !== STANDARD_OUTPUT) return { output };
  if (session.world.stdout.isTTY && !dryRun) {
    throw new UsageProblem('problem.stdout-terminal', {}, { command: 'export' });
  }
  session.takeStdout();
  return { output: session.world.stdout };
}
