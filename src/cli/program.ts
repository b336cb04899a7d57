import { BundleError, EXIT, type ExitStatus } from '../base/errors.ts';
import { VERSION } from '../base/version.ts';
import { CommandForm, type Work } from './command-declaration.ts';
import { Command, CommanderError, type CommandType, type Help, Option } from './commander.ts';
import { COMMANDS } from './commands/all.ts';
import { chooseLanguage, LANGUAGES } from './language.ts';
import type { MessageKey } from './messages/en.ts';
import { nonEmpty, oneOf } from './option-values.ts';
import type { CommonFlags } from './session.ts';
import type { Surroundings } from './surroundings.ts';
import { loadTexts, type Texts } from './texts.ts';
import { asUsageProblem } from './usage-problem.ts';

/** What a command line turned out to be. */
type Parsed =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'work'; readonly command: string; readonly flags: CommonFlags; readonly work: Work }
  | {
      readonly kind: 'problem';
      readonly command: string;
      readonly error: BundleError;
      readonly help: string;
    };

/**
 * Runs one command line, from its arguments to its exit status. Prints on the streams of `world`
 * and nowhere else; neither ends the process nor throws.
 */
export async function run(argv: readonly string[], world: Surroundings): Promise<ExitStatus> {
  const texts = await loadTexts(chooseLanguage(valueOf(argv, '--lang'), world.env));
  const parsed = await parse(argv, texts, world);
  if (parsed.kind === 'text') {
    world.stdout.write(parsed.text);
    return EXIT.whole;
  }
  const { runSession } = await import('./run-session.ts');
  const again = (next: readonly string[], instead: Partial<Surroundings>) =>
    run(next, { ...world, ...instead });
  const shared = { command: parsed.command, argv, texts, world, again };
  if (parsed.kind === 'work') return runSession({ ...shared, flags: parsed.flags }, parsed.work);
  const json = argv.includes('--json');
  if (parsed.help !== '' && !json) {
    world.stderr.write(parsed.help);
    return EXIT.usage;
  }
  return runSession({ ...shared, flags: { json } }, () => Promise.reject(parsed.error));
}

/** An option's value before anything is parsed: the language is needed to say what parsing finds. */
function valueOf(argv: readonly string[], option: string): string | undefined {
  const joined = argv.find((argument) => argument.startsWith(`${option}=`));
  if (joined !== undefined) return joined.slice(option.length + 1);
  const place = argv.indexOf(option);
  return place < 0 ? undefined : argv[place + 1];
}

async function parse(argv: readonly string[], texts: Texts, world: Surroundings): Promise<Parsed> {
  const printed = { out: '', err: '' };
  const chosen: { command: string; work: Work | null } = { command: '', work: null };
  const program = declareProgram(texts, world, printed);
  const choose = (name: string, work: Work) => Object.assign(chosen, { command: name, work });
  const command = argv.find((argument) => COMMANDS.some(({ name }) => name === argument)) ?? '';
  try {
    await declareCommands(program, argv, texts, choose);
    await program.parseAsync(asksAboutNothing(program, argv) ? argv.filter((one) => one !== 'help') : argv, {
      from: 'user',
    });
  } catch (error) {
    if (printed.out !== '') return { kind: 'text', text: printed.out };
    if (error instanceof BundleError) return { kind: 'problem', command, error, help: '' };
    if (!(error instanceof CommanderError)) throw error;
    const help = error.code === 'commander.help' ? printed.err : '';
    return {
      kind: 'problem',
      command,
      error: asUsageProblem(error, command, excessWord(program, command)),
      help,
    };
  }
  if (chosen.work === null) return { kind: 'text', text: printed.out };
  return { kind: 'work', command: chosen.command, flags: program.opts<CommonFlags>(), work: chosen.work };
}

/** `help` with a name that is no command is as wrong as the name alone. */
function asksAboutNothing(program: CommandType, argv: readonly string[]): boolean {
  const [asked, about] = program.parseOptions([...argv]).operands;
  return asked === 'help' && about !== undefined && !COMMANDS.some(({ name }) => name === about);
}

/** The first word that a command was given and has no place for: mostly the rest of a name without quotes. */
function excessWord(program: CommandType, name: string): string {
  const command = program.commands.find((one) => one.name() === name);
  return command?.args[command.registeredArguments.length] ?? '';
}

function declareProgram(
  texts: Texts,
  world: Surroundings,
  printed: { out: string; err: string },
): CommandType {
  const columns = Math.min(world.stdout.columns || Number(world.env['COLUMNS']) || 80, 100);
  const program = new Command('indabundle')
    .description(texts.t('help.program'))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void (printed.out += text),
      writeErr: (text) => void (printed.err += text),
      outputError: () => {},
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
    })
    .configureHelp(helpInLanguage(texts))
    .helpOption('-h, --help', texts.t('help.help'))
    .helpCommand('help [command]', texts.t('help.helpCommand'))
    .version(VERSION, '-V, --version', texts.t('help.version'));
  declareCommonOptions(program, texts);
  return program.addHelpText('after', `\n${texts.t('help.more')}`);
}

function declareCommonOptions(program: CommandType, texts: Texts): void {
  const option = (flags: string, key: MessageKey) => new Option(flags, texts.t(key));
  program
    .addOption(option('--json', 'option.json'))
    .addOption(option('--quiet', 'option.quiet'))
    .addOption(option('--lang <LANG>', 'option.lang').argParser(oneOf('--lang', LANGUAGES)))
    .addOption(option('--log-file <FILE>', 'option.logFile').argParser(nonEmpty('--log-file')));
}

/** Declares the command that is asked for; all of them for whoever must see them, as `--help` does. */
async function declareCommands(
  program: CommandType,
  argv: readonly string[],
  texts: Texts,
  choose: (command: string, work: Work) => void,
): Promise<void> {
  const [asked] = program.parseOptions([...argv]).operands;
  const found = COMMANDS.filter(({ name }) => name === asked);
  const entries = found.length > 0 ? found : COMMANDS;
  const declarations = await Promise.all(entries.map(({ load }) => load()));
  for (const [at, { name }] of entries.entries()) {
    const command = program.command(name).helpOption('-h, --help', texts.t('help.help'));
    declarations[at]?.declare(new CommandForm(command, texts, (work) => choose(name, work)));
  }
}

const HEADINGS: Readonly<Record<string, MessageKey>> = {
  'Usage:': 'help.usage',
  'Arguments:': 'help.arguments',
  'Options:': 'help.options',
  'Global Options:': 'help.globalOptions',
  'Commands:': 'help.commands',
};

/** What commander puts into the lines of usage; it has no word for these of its own. */
function wordsInLanguage(texts: Texts): Partial<Help> {
  const words: Readonly<Record<string, string>> = {
    '[options]': `[${texts.t('help.word.options')}]`,
    '[command]': `[${texts.t('help.word.command')}]`,
  };
  const inLanguage = (word: string) => words[word] ?? word;
  return { styleOptionText: inLanguage, styleSubcommandText: inLanguage, styleArgumentText: inLanguage };
}

/** commander's own words in the language of the user. */
function helpInLanguage(texts: Texts): Partial<Help> {
  return {
    showGlobalOptions: true,
    minWidthToWrap: 20,
    visibleGlobalOptions: (command) =>
      (command.parent?.options ?? []).filter(({ long }) => long !== '--version'),
    styleTitle: (title) => {
      const key = HEADINGS[title];
      return key === undefined ? title : texts.t(key);
    },
    ...wordsInLanguage(texts),
    optionDescription: ({ description, argChoices, defaultValue }) => {
      const more = [
        ...(argChoices ? [texts.t('help.choices', { values: argChoices.join(', ') })] : []),
        ...(typeof defaultValue === 'string' ? [texts.t('help.default', { value: defaultValue })] : []),
      ];
      return more.length === 0 ? description : `${description} (${more.join('; ')})`;
    },
  };
}
