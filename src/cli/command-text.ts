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

/** `--db` where it has to be named. */
export const ofDatabase = (db: string) => (db === DEFAULT_DATABASE ? [] : ['--db', db]);
