import { DEFAULT_DATABASE } from './option-values.ts';

/** Characters that no shell gives a meaning to. */
const PLAIN = /^[\w@%+=:,./\\-]+$/;

/** A command line as one would type it: `indabundle`, then the arguments, quoted where the shell needs it. */
export function commandText(argv: readonly string[], platform: NodeJS.Platform = process.platform): string {
  const quote = platform === 'win32' ? quoteForWindows : quoteForPosix;
  return ['indabundle', ...argv.map(quote)].join(' ');
}

function quoteForPosix(argument: string): string {
  if (PLAIN.test(argument) && !argument.includes('\\')) return argument;
  if (/['"$`\\!\p{Cc}]/u.test(argument)) return `'${argument.replaceAll("'", "'\\''")}'`;
  return `"${argument}"`;
}

function quoteForWindows(argument: string): string {
  return PLAIN.test(argument) && !argument.includes('%') ? argument : `"${argument.replaceAll('"', '""')}"`;
}

/** Where an archive is, as the options of a command name it. */
export interface ArchiveFlags {
  readonly db?: string | undefined;
  readonly root?: string | undefined;
}

/** `--db` where it has to be named, and `--root` where it was. */
export function ofArchive({ db, root }: ArchiveFlags): string[] {
  return [
    ...(db === undefined || db === DEFAULT_DATABASE ? [] : ['--db', db]),
    ...(root === undefined ? [] : ['--root', root]),
  ];
}
