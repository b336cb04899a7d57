import type { BundleError, ExitStatus } from '../base/errors.ts';
import type { Work } from './command-declaration.ts';
import { commandText } from './command-text.ts';
import { openLog } from './event-log.ts';
import { chooseLanguage } from './language.ts';
import { Session, type SessionParts } from './session.ts';
import type { Surroundings } from './surroundings.ts';
import { loadTexts } from './texts.ts';

/** Runs the work of one command: opens its log, tells of its errors, and answers its exit status. */
export async function runSession(parts: SessionParts, work: Work): Promise<ExitStatus> {
  const session = new Session(parts);
  try {
    if (parts.flags.logFile !== undefined) session.log = await openLog(parts.flags.logFile);
    session.log.write('info', 'start', { command: parts.command, commandLine: commandText(parts.argv) });
    const status = await work(session);
    session.log.write('info', 'end', { exitStatus: status });
    return status;
  } catch (error) {
    return await session.fail(error);
  }
}

/** Tells of an error outside of any session. */
export async function failApart(
  error: BundleError,
  argv: readonly string[],
  world: Surroundings,
): Promise<void> {
  const texts = await loadTexts(chooseLanguage(undefined, world.env));
  const again = () => Promise.resolve(error.exitStatus);
  const flags = { json: argv.includes('--json') };
  await new Session({ command: '', argv, texts, flags, world, again }).fail(error);
}
