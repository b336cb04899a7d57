import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { answer } from './demo-archives.ts';

const guide = readFileSync(new URL('../../docs/guide.md', import.meta.url), 'utf8');

/** Every whole command that the guide tells people to type. */
const commands = [...new Set([...guide.matchAll(/`indabundle ([^`]+)`/g)].map(([, text]) => text!))];

test('the guide shows the way from a catalogue to what arrived', () => {
  const names = new Set(commands.map((command) => command.split(' ')[0]));
  for (const name of [
    'catalog',
    'analyze',
    'export',
    'verify',
    'apply',
    'status',
    'revert',
    'cleanup',
    'diff',
  ]) {
    expect(names).toContain(name);
  }
});

test('both halves of the guide show the same commands', () => {
  const [english, hungarian] = guide
    .split('# Útmutató archiválóknak\n')
    .map((half) => [...half.matchAll(/^\|[^|]*\| `(indabundle [^`]+)` \|/gm)].map(([, command]) => command!));
  expect(english!.length).toBeGreaterThan(9);
  expect(hungarian).toEqual(english);
});

test.each(commands)(
  'the guide\'s "indabundle %s" is a command line that the program takes',
  async (command) => {
    const elsewhere = join(tmpdir(), 'no-archive-is-here', 'indafoto.db');
    const words = command.split(' ');
    const database = words[0] === 'diff' ? [] : ['--db', elsewhere];
    const { answer: document } = await answer([...words, ...database]);
    expect(document.error?.code ?? document.results[0].error.code).toMatch(
      /^(db-not-found|input-not-found)$/,
    );
  },
);
