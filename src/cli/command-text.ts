import { DEFAULT_DATABASE } from './option-values.ts';

/** Characters that no shell gives a meaning to. */
const PLAIN = /^[\w@%+=:,./\\-]+$/;

/** A command line as one would type it: `indabundle`, then the arguments, quoted where the shell needs it. */
export function commandText(argv: readonly string[], platform: NodeJS.Platform = process.platform): string {
  const quote = platform === 'win32' ? quoteForWindows : quoteForPosix;
  return ['indabundle', ...argv.map((argument) => quote(asName(argument)))].join(' ');
}

/** A file whose name begins as an option does is named by its folder, too. */
function asName(argument: string): string {
  const looksLikeOption = /^-{1,2}[a-z][a-z-]*(=.*)?$/i.test(argument) || /^-\d*$/.test(argument);
  return argument.startsWith('-') && !looksLikeOption && argument !== '--' ? `./${argument}` : argument;
}

function quoteForPosix(argument: string): string {
  if (PLAIN.test(argument) && !argument.includes('\\')) return argument;
  if (/\p{Cc}/u.test(argument)) return `$'${argument.replaceAll(/['\\\p{Cc}]/gu, escaped)}'`;
  if (/['"$`\\!]/.test(argument)) return `'${argument.replaceAll("'", "'\\''")}'`;
  return `"${argument}"`;
}

/** As `$'...'` has it in bash, zsh and ksh. */
function escaped(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
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
