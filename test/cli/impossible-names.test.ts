import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer, type DemoArchives, demoArchives } from './demo-archives.ts';

let demo: DemoArchives;
let names: { readonly [kind: string]: string };

beforeAll(async () => {
  demo = await demoArchives();
  const ring = join(demo.folder, 'ring');
  symlinkSync(ring, ring);
  names = {
    'behind a file': join(demo.bundle, 'x'),
    'longer than names are': join(demo.folder, 'x'.repeat(300)),
    'a ring of links': ring,
  };
});

afterAll(() => rmSync(demo.folder, { recursive: true, force: true }));

const KINDS = ['behind a file', 'longer than names are', 'a ring of links'];

/** Every place where somebody may name what is not there, and the status that it answers. */
const READ: [what: string, status: number, (name: string) => string[]][] = [
  ['inspect', 4, (name) => ['inspect', name]],
  ['verify', 4, (name) => ['verify', name]],
  ['verify --db', 5, (name) => ['verify', demo.bundle, '--db', name]],
  ['apply', 4, (name) => ['apply', name, '--db', demo.receiver, '--yes']],
  ['apply --root', 5, (name) => ['apply', demo.bundle, '--db', demo.receiver, '--root', name, '--yes']],
  ['status --db', 5, (name) => ['status', '--db', name]],
  ['analyze --remote', 4, (name) => ['analyze', '--db', demo.receiver, '--remote', name]],
  ['export --request', 4, (name) => ['export', '--db', demo.sender, '--request', name, '--dry-run']],
  ['export --for', 5, (name) => ['export', '--db', demo.sender, '--for', name, '--dry-run']],
  ['diff', 4, (name) => ['diff', name, demo.sender]],
];

/** Every place where somebody may name what cannot be written. */
const WRITTEN: [what: string, (name: string) => string[]][] = [
  ['export', (name) => ['export', '--db', demo.sender, '--all', '-o', name]],
  [
    'export in volumes',
    (name) => ['export', '--db', demo.sender, '--all', '--volume-size', '1M', '-o', name],
  ],
  ['catalog', (name) => ['catalog', '--db', demo.sender, '-o', name]],
  ['analyze', (name) => ['analyze', '--db', demo.receiver, '--remote', demo.sender, '-o', name]],
  ['backup', (name) => ['backup', '--db', demo.receiver, '-o', name]],
  ['verify --request', (name) => ['verify', demo.bundle, '--request', name]],
  ['apply --report', (name) => ['apply', demo.bundle, '--db', demo.receiver, '--yes', '--report', name]],
  ['--log-file', (name) => ['status', '--db', demo.receiver, '--log-file', name]],
];

test('a name that leaves no room for the numbers of volumes is refused as one that is too long', async () => {
  const name = join(demo.folder, 'x'.repeat(230));
  const all = ['export', '--db', demo.sender, '--all'];
  const { answer: document } = await answer([...all, '--volume-size', '64K', '-o', name]);
  expect(document.error).toMatchObject({ code: 'option-value', params: { expected: 'a shorter name' } });
  expect(existsSync(name)).toBe(false);
});

describe.each(KINDS)('a name %s', (kind) => {
  test.each(READ)('is nothing to %s', async (_, status, argvOf) => {
    const { answer: document } = await answer(argvOf(names[kind]!));
    expect([document.error.code, document.exitStatus]).toEqual([
      expect.stringMatching(/-not-found$/),
      status,
    ]);
  });
});

describe.each(KINDS.slice(0, 2))('a name %s', (kind) => {
  test.each(WRITTEN)('is no place for %s', async (_, argvOf) => {
    const { answer: document } = await answer(argvOf(names[kind]!));
    expect([document.error.code, document.exitStatus]).toEqual(['option-value', 2]);
  });
});
