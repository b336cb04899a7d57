import type { ExitStatus } from '../base/errors.ts';
import type { Work } from './command-declaration.ts';
import { commandText } from './command-text.ts';
import { openLog } from './event-log.ts';
import { Session, type SessionParts } from './session.ts';

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
