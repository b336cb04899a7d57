import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import { answer, type DemoArchives, demoArchives, words } from './demo-archives.ts';

let here: DemoArchives & { readonly catalog: string; readonly request: string };

beforeAll(async () => {
  const made = await demoArchives();
  const catalog = join(made.folder, 'eva.indacatalog');
  const request = join(made.folder, 'gabor.indarequest');
  await answer(['catalog', '--db', made.sender, '-o', catalog]);
  await answer(['analyze', '--db', made.receiver, '--remote', catalog, '-o', request]);
  here = { ...made, catalog, request };
});

afterAll(() => rmSync(here.folder, { recursive: true, force: true }));

type Named = 'bundle' | 'catalog' | 'request' | 'sender';

describe('one of our files in the place of another is called what it is', () => {
  test.each<[string, Named, string]>([
    ['apply', 'catalog', 'is a catalogue'],
    ['apply', 'request', 'is a request'],
    ['apply', 'sender', 'is the database'],
    ['inspect', 'catalog', 'is a catalogue'],
    ['verify', 'catalog', 'is a catalogue'],
    ['verify', 'request', 'is a request'],
    ['analyze --remote', 'bundle', 'is a bundle'],
    ['analyze --remote', 'request', 'is a request'],
    ['export -o x.indabundle --request', 'catalog', 'is a catalogue'],
    ['export -o x.indabundle --request', 'bundle', 'is a bundle'],
  ])('%s %s', async (command, named, said) => {
    const db = command === 'inspect' || command === 'verify' ? [] : ['--db', here.receiver];
    const argv = [...command.replace('x.', `${here.folder}/x.`).split(' '), here[named], ...db];
    const { status, out, err } = await words([...argv, '--lang', 'en']);
    expect(status).toBe(4);
    expect((out + err).replaceAll(/\s+/g, ' ')).toContain(said);
    expect(out + err).not.toContain('frame');
  });
});
