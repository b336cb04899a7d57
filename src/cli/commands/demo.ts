import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { EXIT, type ExitStatus } from '../../base/errors.ts';
import { checkWritable } from '../../base/output-path.ts';
import type { DemoFolder } from '../../demo/demo-folder.ts';
import { commandText } from '../command-text.ts';
import type { CommandDeclaration } from '../command-declaration.ts';
import type { MessageKey } from '../messages/en.ts';
import type { Session } from '../session.ts';
import { UsageProblem } from '../usage-problem.ts';

const DEFAULT_FOLDER = 'indabundle-demo';

interface DemoFlags {
  readonly force?: boolean;
}

type StepName = Extract<MessageKey, `demo.step.${string}`>;

interface Step {
  readonly name: StepName;
  readonly argv: readonly string[];
}

export const demoCommand: CommandDeclaration = {
  declare(form) {
    form.about('demo.summary', 'demo.about');
    form.argument('[DIR]', 'demo.argument.dir');
    form.option('--force', 'demo.option.force');
    form.examples([['demo.example.here', 'indabundle demo']]);
    form.run<DemoFlags>((session, [folder], flags) => runDemo(session, folder ?? DEFAULT_FOLDER, flags));
  },
};

async function runDemo(session: Session, folder: string, { force }: DemoFlags): Promise<ExitStatus> {
  const [{ groundAt, makeDemo }, { SENDER, RECEIVER }] = await Promise.all([
    import('../../demo/demo-folder.ts'),
    import('../../demo/collection.ts'),
  ]);
  const ground = groundAt(folder);
  if (ground !== 'free' && !(force && ground === 'demo')) {
    const key = force ? 'problem.demo-foreign' : 'problem.demo-exists';
    throw new UsageProblem(key, { path: resolve(folder) }, { command: 'demo' });
  }
  checkWritable(resolve(folder));
  const demo = makeDemo(folder);
  if (session.json) return answerDemo(session, demo);
  const { beginningLines, endingLines } = await import('../reports/demo-report.ts');
  const counts = { sender: SENDER.images.length, receiver: RECEIVER.images.length };
  if (!session.quiet) await session.print(beginningLines(session.page, demo, counts));
  const status = await walk(session, demo);
  if (!session.quiet && status === EXIT.whole) await session.print(endingLines(session.page, demo));
  return status;
}

/** The steps as the two people would type them. */
function stepsOf({ sender, receiver, bundle }: DemoFolder): Step[] {
  const [theirs, mine] = [join(sender, 'indafoto.db'), join(receiver, 'indafoto.db')];
  const apply = ['apply', bundle, '--db', mine, '--yes'];
  return [
    {
      name: 'demo.step.export',
      argv: ['export', '--db', theirs, '--for', mine, '--label', 'Kovács Éva', '-o', bundle],
    },
    { name: 'demo.step.inspect', argv: ['inspect', bundle] },
    { name: 'demo.step.verify', argv: ['verify', bundle, '--db', mine] },
    { name: 'demo.step.apply', argv: apply },
    { name: 'demo.step.again', argv: apply },
  ];
}

/** A photo is missing on Éva's disk, so "done in part" is how these steps have to end. */
function asExpected(status: ExitStatus): boolean {
  return status === EXIT.whole || status === EXIT.partial;
}

async function walk(session: Session, demo: DemoFolder): Promise<ExitStatus> {
  const { stepLines, stepEndLines } = await import('../reports/demo-report.ts');
  const passedOn = ['--lang', session.texts.language, ...(session.quiet ? ['--quiet'] : [])];
  for (const [index, { name, argv }] of stepsOf(demo).entries()) {
    await session.print(stepLines(session.page, name, index + 1, commandText(argv)));
    const status = await session.again([...argv, ...passedOn], {});
    await session.print(stepEndLines(session.page, status));
    if (!asExpected(status)) return status;
  }
  return EXIT.whole;
}

/** The same walk as one document: each step's command, exit status and own document. */
async function answerDemo(session: Session, demo: DemoFolder): Promise<ExitStatus> {
  const steps: object[] = [];
  let exitStatus: ExitStatus = EXIT.whole;
  for (const { argv } of stepsOf(demo)) {
    const caught = new CaughtText();
    const status = await session.again([...argv, '--json'], { stdout: caught });
    steps.push({
      commandLine: commandText(argv),
      exitStatus: status,
      document: JSON.parse(caught.text) as object,
    });
    if (asExpected(status)) continue;
    exitStatus = status;
    break;
  }
  await session.answer({ command: session.command, result: { ...demo, steps }, exitStatus });
  return exitStatus;
}

/** A stream that keeps what is written to it. */
class CaughtText extends Writable {
  text = '';

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}
