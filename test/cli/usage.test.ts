import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { fakeWorld } from './fake-world.ts';

interface ErrorAnswer {
  readonly exitStatus: number;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly exitStatus: number;
  };
}

async function answerOf(argv: readonly string[]): Promise<ErrorAnswer> {
  const world = fakeWorld();
  const status = await run([...argv, '--json'], world);
  expect(world.stderr.text).toBe('');
  const answer = JSON.parse(world.stdout.text) as ErrorAnswer;
  expect(answer.exitStatus).toBe(status);
  expect(answer.error.exitStatus).toBe(status);
  return answer;
}

describe('wrong usage answers 2, in JSON too', () => {
  test.each([
    [[], 'usage', 'Say what to do.'],
    [['exprot'], 'usage', 'There is no command "exprot". Did you mean export?'],
    [['export', '--fore', 'x'], 'usage', 'There is no option --fore here. Did you mean --for, --force?'],
    [['help', 'exprot'], 'usage', 'There is no command "exprot". Did you mean export?'],
    [['inspect'], 'usage', 'The command needs BUNDLE.'],
    [
      ['demo', 'a', 'b'],
      'usage',
      '"b" is more than this command takes. Names with blanks need quotes, as in --author "Tóth Gábor".',
    ],
    [
      ['export', '--author', 'Tóth', 'Gábor'],
      'usage',
      '"Gábor" is more than this command takes. Names with blanks need quotes, as in --author "Tóth Gábor".',
    ],
    [['export', '--label'], 'usage', 'The option --label <TEXT> needs a value.'],
    [
      ['export', '-o', 'x'],
      'usage',
      'Say what to pack: --request FILE, --for DATABASE, --all, or filters such as --author and --tag.',
    ],
    [
      ['export', '--all', '--tag', 'tó', '-o', 'x'],
      'usage',
      '--request, --list-id, --for, --all and the filters cannot be combined: choose one.',
    ],
    [
      ['export', '--all'],
      'usage',
      'Say where to write the bundle: -o FILE.indabundle (or --dry-run to write nothing).',
    ],
    [['verify', '-', '-'], 'usage', 'Standard input (-) can be read only once.'],
    [
      ['verify', '--operation', 'x', '--request', 'lost.indarequest'],
      'usage',
      '--request asks for what a bundle has lost. For photos that arrived and are lost since, use analyze.',
    ],
  ])('%j', async (argv, code, message) => {
    const { error } = await answerOf(argv);
    expect(error).toMatchObject({ code, message, exitStatus: 2 });
    expect(error.hint).toMatch(/^See: indabundle .*--help$/);
    expect(error.hint).not.toContain('  ');
  });

  test.each([
    [['export', '--all', '--level', '20'], '--level', 'a whole number from -7 to 19'],
    [['export', '--all', '--level', 'high'], '--level', 'a whole number from -7 to 19'],
    [['export', '--all', '--since', '2011-13'], '--since', 'a day such as'],
    [['export', '--all', '--until', '2012-02-31'], '--until', 'a day such as'],
    [['export', '--since', '2012', '--until', '2011-12', '-o', 'x'], '--until', 'not before that of --since'],
    [['inspect', ''], 'BUNDLE', 'not empty'],
    [['diff', 'a', ''], 'B', 'not empty'],
    [['status', ' '], 'ID', 'not empty'],
    [['catalog', '-o', '-'], '-o', 'the name of a file'],
    [['backup', '-o', '-'], '-o', 'the name of a file'],
    [['export', '--all', '--map', 'D:'], '--map', 'OLD=NEW'],
    [['export', '--all', '--created', 'tegnap'], '--created', 'a time in UTC'],
    [['export', '--all', '--created', '2026-02-31T99:00:00Z'], '--created', 'a time in UTC'],
    [
      ['export', '--all', '--created', '1969-12-31T23:59:59Z'],
      '--created',
      'from 1970 to the beginning of 2242',
    ],
    [
      ['export', '--all', '--created', '2242-03-16T12:56:32Z'],
      '--created',
      'from 1970 to the beginning of 2242',
    ],
    [['export', '--all', '--export-id', 'á'], '--export-id', 'an id'],
    [['export', '--author', ' '], '--author', 'not empty'],
    [['verify', 'x', '--threads', '0'], '--threads', 'from 1 to 256'],
    [['apply', 'x', '--on-conflict', 'mine'], '--on-conflict', 'keep-local, larger, take-remote, keep-both'],
    [['apply', 'x', '--metadata', 'all'], '--metadata', 'fill, keep'],
    [['inspect', 'x', '--lang', 'de'], '--lang', 'en, hu'],
  ])('%j', async (argv, option, expected) => {
    const { error } = await answerOf(argv);
    expect(error).toMatchObject({ code: 'option-value', exitStatus: 2 });
    expect(error.message).toContain(option);
    expect(error.message).toContain(expected);
  });
});

describe('in words', () => {
  test('wrong usage goes to standard error, in the language of the user', async () => {
    const world = fakeWorld({ env: { LANG: 'hu_HU.UTF-8' } });
    expect(await run(['export', '--all', '--level', 'sok'], world)).toBe(2);
    expect(world.stdout.text).toBe('');
    expect(world.stderr.text.replaceAll(/\s+/g, ' ')).toContain('Amit vár: egész szám -7 és 19 között.');
    expect(world.stderr.text).toContain('[option-value]');
  });

  test('JSON stays English', async () => {
    const world = fakeWorld({ env: { LANG: 'hu_HU.UTF-8' } });
    await run(['export', '--json', '--lang', 'hu'], world);
    expect(world.stdout.text).toContain('Say what to pack');
  });

  test('no command at all shows the help, and is wrong usage', async () => {
    const world = fakeWorld();
    expect(await run([], world)).toBe(2);
    expect(world.stderr.text).toContain('Usage: indabundle');
  });

  test('a bundle is not read from the keyboard, nor written to the screen', async () => {
    const keyboard = Object.assign(Readable.from([]), { isTTY: true });
    const world = fakeWorld({ stdin: keyboard, columns: 80 });
    expect(await run(['verify', '-'], world)).toBe(2);
    expect(await run(['export', '--all', '-o', '-'], world)).toBe(2);
    expect(world.stdout.text).toBe('');
  });
});

describe('help', () => {
  const COMMANDS = ['export', 'inspect', 'verify', 'apply', 'demo'];

  test.each([['--help'], ...COMMANDS.map((command) => [command, '--help']), ['help', 'export']])(
    '%s %s',
    async (...argv) => {
      for (const language of ['en', 'hu']) {
        const world = fakeWorld();
        expect(await run([...argv, '--lang', language], world)).toBe(0);
        expect(world.stderr.text).toBe('');
        expect(world.stdout.text).toContain(
          language === 'hu' ? 'Használat: indabundle' : 'Usage: indabundle',
        );
        expect(world.stdout.text).toContain('--json');
      }
    },
  );

  test.each(COMMANDS)('%s --help leaves no English word in Hungarian', async (command) => {
    const world = fakeWorld();
    await run([command, '--help', '--lang', 'hu'], world);
    expect(world.stdout.text).not.toMatch(/\b(Options|Usage|Commands|default|show|the|of)\b/);
  });

  test('fits 80 columns, but for examples, which are there to be copied', async () => {
    const world = fakeWorld();
    await run(['apply', '--help', '--lang', 'hu'], world);
    const [text = ''] = world.stdout.text.split('Példák:');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('--version', async () => {
    const world = fakeWorld();
    expect(await run(['--version'], world)).toBe(0);
    expect(world.stdout.text).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
