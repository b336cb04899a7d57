import type { ExitStatus } from '../../base/errors.ts';
import type { VerifyResult } from '../../verify/types.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import type { Session } from '../session.ts';
import type { BundleTask } from '../several-bundles.ts';

interface VerifyFlags {
  readonly db?: string;
  readonly root?: string;
  readonly threads?: number;
}

export const verifyCommand: CommandDeclaration = {
  name: 'verify',
  declare(form) {
    form.about('verify.summary', 'verify.about');
    form.argument('<BUNDLE...>', 'argument.bundle');
    form.database('verify.option.db', null);
    form.threads();
    form.examples([
      ['verify.example.check', 'indabundle verify stick/trip.indabundle'],
      ['verify.example.db', 'indabundle verify stick/trip.indabundle --db indafoto.db'],
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
  const { workThrough } = await import('../several-bundles.ts');
  return workThrough(session, names, await verifyTask(session, flags));
}

async function verifyTask(
  session: Session,
  { db, root, threads }: VerifyFlags,
): Promise<BundleTask<VerifyResult>> {
  const [{ verifyBundle }, { verifyLines }, { verifyStatus, worstStatus }] = await Promise.all([
    import('../../verify/verify-bundle.ts'),
    import('../reports/verify-report.ts'),
    import('../exit-status.ts'),
  ]);
  const options = {
    ...(db === undefined ? {} : { db }),
    ...(root === undefined ? {} : { root }),
    ...(threads === undefined ? {} : { threads }),
  };
  return {
    process: (input) =>
      session.watch((observer, signal) => verifyBundle({ input, ...options, observer, signal })),
    show: (result, name) =>
      session.print(verifyLines(session.page, result, { name, db, quiet: session.quiet })),
    document: (result) => result,
    statusOf: verifyStatus,
    combine: worstStatus,
    goesOnAfter: ({ exitStatus }) => exitStatus === 4,
  };
}
