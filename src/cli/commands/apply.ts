import type { Readable } from 'node:stream';
import { EXIT, type ExitStatus } from '../../base/errors.ts';
import type { Event } from '../../base/events.ts';
import {
  type ApplyOptions,
  type ApplyResult,
  CONFLICT_POLICIES,
  type ConflictPolicy,
  METADATA_CHOICES,
} from '../../apply/options.ts';
import { STANDARD_INPUT } from '../bundle-inputs.ts';
import { startReadingEarly } from '../../verify/early-threads.ts';
import type { CommandDeclaration, CommandForm } from '../command-declaration.ts';
import * as values from '../option-values.ts';
import type { Session } from '../session.ts';
import { type BundleInputs, groupOf } from '../series-inputs.ts';
import type { BundleTask } from '../several-bundles.ts';

interface ApplyFlags {
  readonly db: string;
  readonly root?: string;
  readonly onConflict: ConflictPolicy;
  readonly metadata: 'fill' | 'keep';
  readonly includePersonal?: boolean;
  readonly checkLocal?: boolean;
  readonly strict?: boolean;
  readonly allowType?: readonly string[];
  readonly backup: boolean;
  readonly report?: string;
  readonly removeWhenDone?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly threads?: number;
}

/** What came of one bundle; `declined` when the user, shown the plan, said no. */
type Applied = ApplyResult | 'declined';

export const applyCommand: CommandDeclaration = {
  declare(form) {
    form.about('apply.summary', 'apply.about');
    form.argument('<BUNDLE...>', 'argument.bundle');
    form.database();
    declareChoices(form);
    form.option('--remove-when-done', 'apply.option.removeWhenDone');
    form.option('--report <FILE>', 'apply.option.report', { parse: values.fileName('--report') });
    form.threads();
    form.option('--dry-run', 'option.dryRun');
    form.option('--yes', 'option.yes');
    form.examples([
      ['apply.example.dryRun', 'indabundle apply trip.indabundle --dry-run'],
      ['apply.example.apply', 'indabundle apply trip.indabundle --db archive/indafoto.db'],
      ['apply.example.volumes', 'indabundle apply stick/trip --remove-when-done'],
      ['apply.example.larger', 'indabundle apply trip.indabundle --on-conflict larger'],
    ]);
    form.run<ApplyFlags>(runApply);
  },
};

function declareChoices(form: CommandForm): void {
  form.option('--on-conflict <POLICY>', 'apply.option.onConflict', {
    choices: CONFLICT_POLICIES,
    standard: 'keep-local',
    parse: values.oneOf('--on-conflict', CONFLICT_POLICIES),
  });
  form.option('--metadata <WHAT>', 'apply.option.metadata', {
    choices: METADATA_CHOICES,
    standard: 'fill',
    parse: values.oneOf('--metadata', METADATA_CHOICES),
  });
  form.option('--include-personal', 'apply.option.includePersonal');
  form.option('--check-local', 'apply.option.checkLocal');
  form.option('--strict', 'apply.option.strict');
  form.option('--allow-type <TYPE>', 'apply.option.allowType', {
    parse: values.collect(values.nonEmpty('--allow-type')),
  });
  form.option('--no-backup', 'apply.option.noBackup');
}

async function runApply(session: Session, names: readonly string[], flags: ApplyFlags): Promise<ExitStatus> {
  startReadingEarly(names, flags.threads);
  const [{ gatherInputs }, { workThrough }] = await Promise.all([
    import('../series-inputs.ts'),
    import('../several-bundles.ts'),
  ]);
  const inputs = await gatherInputs(session, names);
  const task = await applyTask(session, inputs, flags);
  return workThrough(session, inputs, { ...task, judges: flags.dryRun !== true });
}

async function applyTask(
  session: Session,
  inputs: BundleInputs,
  flags: ApplyFlags,
): Promise<BundleTask<Applied>> {
  const [{ applyBundle }, { applyLines, declinedLines }, { applyStatus, worstOfApplied }] = await Promise.all(
    [
      import('../../apply/apply-bundle.ts'),
      import('../reports/apply-report.ts'),
      import('../exit-status.ts'),
    ],
  );
  const report = (name: string) => reportPath(flags.report, groupOf(inputs, name));
  const about = (name: string) => ({ ...flags, name, report: report(name), quiet: session.quiet });
  const attempt = attempts(session, applyBundle, (input, dryRun, name) => ({
    ...optionsOf(flags, report(name)),
    input,
    dryRun,
  }));
  return {
    process: async (input, name) => {
      const plan = asks(session, name, flags) ? await attempt(input, true, name) : null;
      if (plan !== null && changesSomething(plan)) {
        await session.print(applyLines(session.page, plan, { ...about(name), asPlan: true }));
        if (!(await isAgreed(session))) return 'declined';
      }
      return attempt(input, flags.dryRun === true, name);
    },
    show: (result, name) => {
      if (result === 'declined') return session.print(declinedLines(session.page));
      return session.print(applyLines(session.page, result, about(name)));
    },
    document: (result) => (result === 'declined' ? {} : result),
    statusOf: (result) => (result === 'declined' ? EXIT.interrupted : applyStatus(result)),
    combine: worstOfApplied,
    goesOnAfter: ({ exitStatus }) => exitStatus === EXIT.refused,
  };
}

async function isAgreed({ texts }: Session): Promise<boolean> {
  const { confirmed } = await import('../output/confirmed.ts');
  return await confirmed(texts, 'apply.ask');
}

type Input = string | Readable;

/** Applies bundles one after the other; that a volume goes on with what this run has begun itself needs no mention. */
function attempts(
  session: Session,
  applyBundle: (options: ApplyOptions) => Promise<ApplyResult>,
  optionsFor: (input: Input, dryRun: boolean, name: string) => ApplyOptions,
): (input: Input, dryRun: boolean, name: string) => Promise<ApplyResult> {
  const begun = new Set<string>();
  const isOurs = (event: Event) =>
    event.type === 'notice' && event.notice === 'resuming' && begun.has(String(event.params['operation']));
  return async (input, dryRun, name) => {
    const result = await session.watch((told, signal) => {
      const observer = (event: Event) => void (isOurs(event) || told(event));
      return applyBundle({ ...optionsFor(input, dryRun, name), observer, signal });
    });
    if (result.operationId !== null) begun.add(result.operationId);
    return result;
  };
}

function optionsOf(flags: ApplyFlags, report: string | undefined): Omit<ApplyOptions, 'input'> {
  const { yes: _, allowType, report: __, ...options } = flags;
  return {
    ...options,
    ...(allowType === undefined ? {} : { allowTypes: allowType }),
    ...(report === undefined || flags.dryRun ? {} : { report }),
  };
}

/** Only a person at a terminal is asked; a bundle from a pipe cannot be read twice. */
function asks(session: Session, name: string, flags: ApplyFlags): boolean {
  return session.asks && !flags.yes && !flags.dryRun && name !== STANDARD_INPUT;
}

function changesSomething({ outcomes, ...result }: ApplyResult): boolean {
  const { bytesNeeded, columnsFilled, linksAdded, authorsAdded, personalAdded } = result;
  // Conflicts that an earlier run has settled are no question any more.
  const conflicts = bytesNeeded > 0 ? outcomes.conflict : 0;
  return (
    outcomes.added +
      outcomes.restored +
      conflicts +
      columnsFilled +
      linksAdded +
      authorsAdded +
      personalAdded >
    0
  );
}

/** Each bundle, but a series as a whole, has a report of its own: `report.csv`, `report-2.csv`, ... */
function reportPath(path: string | undefined, index: number): string | undefined {
  if (path === undefined || index === 0) return path;
  const dot = path.lastIndexOf('.');
  const number = `-${index + 1}`;
  return dot > path.search(/[^/\\]*$/) ? path.slice(0, dot) + number + path.slice(dot) : path + number;
}
