import type { ExitStatus } from '../../base/errors.ts';
import type { VerifyOptions, VerifyResult } from '../../verify/types.ts';
import { startReadingEarly } from '../../verify/early-threads.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import * as values from '../option-values.ts';
import type { Session } from '../session.ts';
import type { BundleTask } from '../several-bundles.ts';
import { UsageProblem } from '../usage-problem.ts';

interface VerifyFlags {
  readonly db?: string;
  readonly root?: string;
  readonly listId?: string;
  readonly operation?: string;
  readonly request?: string;
  readonly force?: boolean;
  readonly threads?: number;
}

export const verifyCommand: CommandDeclaration = {
  declare(form) {
    form.about('verify.summary', 'verify.about');
    form.argument('[BUNDLE...]', 'argument.bundle');
    form.database('verify.option.db', null);
    form.option('--list-id <ID>', 'verify.option.listId', { parse: values.nonEmpty('--list-id') });
    form.option('--operation <ID>', 'verify.option.operation', { parse: values.nonEmpty('--operation') });
    form.option('--request <FILE>', 'verify.option.request', { parse: values.fileName('--request') });
    form.option('--force', 'verify.option.force');
    form.threads();
    form.examples([
      ['verify.example.check', 'indabundle verify stick/trip.indabundle'],
      ['verify.example.db', 'indabundle verify stick/trip.indabundle --db indafoto.db'],
      ['verify.example.arrived', 'indabundle verify --operation 0123456789abcdef'],
      ['verify.example.pipe', 'curl -s https://example.org/trip.indabundle | indabundle verify -'],
    ]);
    form.run<VerifyFlags>(runVerify);
  },
};

async function runVerify(
  session: Session,
  names: readonly string[],
  flags: VerifyFlags,
): Promise<ExitStatus> {
  const { listId, operation } = flags;
  if (listId !== undefined || operation !== undefined) {
    if (names.length > 0 || (listId !== undefined && operation !== undefined)) {
      throw new UsageProblem('problem.arrived-and-bundle', {}, { command: 'verify' });
    }
    if (flags.request !== undefined)
      throw new UsageProblem('problem.arrived-and-request', {}, { command: 'verify' });
    return runVerifyArrived(session, flags);
  }
  if (names.length === 0) {
    throw new UsageProblem('problem.missing-argument', { name: 'BUNDLE' }, { command: 'verify' });
  }
  startReadingEarly(names, flags.threads);
  const [{ gatherInputs }, { workThrough }] = await Promise.all([
    import('../series-inputs.ts'),
    import('../several-bundles.ts'),
  ]);
  return workThrough(session, await gatherInputs(session, names), await verifyTask(session, flags));
}

/** What arrived earlier, from the books of the archive. */
async function runVerifyArrived(
  session: Session,
  { db = values.DEFAULT_DATABASE, root, listId, operation }: VerifyFlags,
): Promise<ExitStatus> {
  const [{ verifyArrived }, { arrivedLines }, { arrivedStatus }] = await Promise.all([
    import('../../verify/verify-list.ts'),
    import('../reports/arrived-report.ts'),
    import('../exit-status.ts'),
  ]);
  const what = listId === undefined ? { operationId: operation ?? '' } : { listId };
  const options = { db, ...what, ...(root === undefined ? {} : { root }) };
  const result = await session.watch((observer, signal) => verifyArrived({ ...options, observer, signal }));
  const exitStatus = arrivedStatus(result);
  session.log.write('info', 'result', result);
  if (session.json) await session.answer({ command: session.command, result, exitStatus });
  else await session.print(arrivedLines(session.page, result, session.quiet));
  return exitStatus;
}

/** Options of the library that were given. */
function given({ db, root, threads, request, force }: VerifyFlags): Omit<VerifyOptions, 'input'> {
  return {
    ...(db === undefined ? {} : { db }),
    ...(root === undefined ? {} : { root }),
    ...(threads === undefined ? {} : { threads }),
    ...(request === undefined ? {} : { request }),
    ...(force === undefined ? {} : { force }),
  };
}

async function verifyTask(session: Session, flags: VerifyFlags): Promise<BundleTask<VerifyResult>> {
  const [{ verifyBundle }, { isBundle, verifyLines }, { verifyStatus, worstStatus }] = await Promise.all([
    import('../../verify/verify-bundle.ts'),
    import('../reports/verify-report.ts'),
    import('../exit-status.ts'),
  ]);
  const { db, root, request } = flags;
  const about = (name: string) => ({
    name,
    db,
    root,
    quiet: session.quiet,
    asksForRequest: request !== undefined,
  });
  let addToRequest = false; // one request asks for what all of them have lost
  return {
    process: async (input) => {
      const result = await session.watch((observer, signal) =>
        verifyBundle({ input, ...given(flags), addToRequest, observer, signal }),
      );
      addToRequest ||= result.request !== null;
      return result;
    },
    show: async (result, name) => {
      const mistaken = isBundle(result)
        ? null
        : await (await import('../mistaken-file.ts')).mistakenFor(name, ['bundle']);
      await session.print(verifyLines(session.page, result, { ...about(name), mistaken }));
    },
    document: (result) => result,
    statusOf: verifyStatus,
    combine: worstStatus,
    judges: true,
    goesOnAfter: ({ exitStatus }) => exitStatus === 4,
  };
}
