import type { BundleError, ExitStatus } from '../../base/errors.ts';
import type { InspectLists, InspectOptions, InspectResult } from '../../inspect/types.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import { STANDARD_INPUT } from '../bundle-inputs.ts';
import { errorDocument, knownError } from '../known-error.ts';
import type { Session } from '../session.ts';
import type { BundleTask } from '../several-bundles.ts';
import { UsageProblem } from '../usage-problem.ts';

interface InspectFlags {
  readonly files?: boolean;
  readonly records?: boolean;
}

type OpenLists = InspectLists & { close(): Promise<void> };

/** What is known of one bundle: the summary, or lists that are still to be read, or both. */
interface Inspected {
  readonly summary: InspectResult | null;
  readonly lists: OpenLists | null;
  /** What ended a list early, once it was being written. */
  failure: BundleError | undefined;
}

export const inspectCommand: CommandDeclaration = {
  declare(form) {
    form.about('inspect.summary', 'inspect.about');
    form.argument('<BUNDLE...>', 'argument.bundle');
    form.option('--files', 'inspect.option.files');
    form.option('--records', 'inspect.option.records');
    form.examples([
      ['inspect.example.summary', 'indabundle inspect trip.indabundle'],
      ['inspect.example.records', 'indabundle inspect trip.indabundle --records'],
    ]);
    form.run<InspectFlags>(runInspect);
  },
};

async function runInspect(
  session: Session,
  names: readonly string[],
  flags: InspectFlags,
): Promise<ExitStatus> {
  if (flags.files && flags.records && !session.json) {
    throw new UsageProblem('problem.one-list', {}, { command: 'inspect' });
  }
  const [{ gatherInputs }, { workThrough }] = await Promise.all([
    import('../series-inputs.ts'),
    import('../several-bundles.ts'),
  ]);
  return workThrough(session, await gatherInputs(session, names), await inspectTask(session, flags));
}

async function inspectTask(session: Session, flags: InspectFlags): Promise<BundleTask<Inspected>> {
  const [useCase, { inspectLines }, lists, { Lines }, status] = await Promise.all([
    import('../../inspect/inspect-bundle.ts'),
    import('../reports/inspect-report.ts'),
    import('../reports/inspect-lists.ts'),
    import('../output/json-document.ts'),
    import('../exit-status.ts'),
  ]);
  const wantsList = flags.files === true || flags.records === true;
  return {
    process: async (input, name) => {
      const options: InspectOptions = { input, signal: session.world.signal };
      // Standard input can be read once: there the list stands for everything.
      const wantsSummary = !wantsList || (session.json && name !== STANDARD_INPUT);
      const summary = wantsSummary ? await useCase.inspectBundle(options) : null;
      return { summary, lists: wantsList ? await useCase.listBundle(options) : null, failure: undefined };
    },
    show: async ({ summary, lists: open }, name) => {
      if (summary) await session.print(inspectLines(session.page, summary, name));
      if (open && flags.records) await lists.printRecords(session.page, session.printer, open.records());
      if (open && flags.files) await lists.printFiles(session.page, session.printer, open.files());
    },
    document: ({ summary }) => ({ ...summary }),
    lists: (inspected) => ({
      ...(flags.files ? { files: new Lines(untilFailure(inspected, inspected.lists?.files())) } : {}),
      ...(flags.records ? { records: new Lines(untilFailure(inspected, inspected.lists?.records())) } : {}),
      error: () => inspected.failure && errorDocument(inspected.failure),
    }),
    statusOf: ({ summary, failure }) => failure?.exitStatus ?? (summary ? status.inspectStatus(summary) : 0),
    combine: status.worstStatus,
    goesOnAfter: ({ code }) => code !== 'interrupted',
    release: async ({ lists: open }) => open?.close(),
  };
}

/** The items up to an error, which is kept for later: a document that was begun has to be closed. */
async function* untilFailure<Item>(inspected: Inspected, items?: AsyncIterable<Item>): AsyncGenerator<Item> {
  try {
    if (items) yield* items;
  } catch (thrown) {
    inspected.failure ??= knownError(thrown);
  }
}
