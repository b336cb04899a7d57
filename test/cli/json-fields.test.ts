import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Answer, answer, type DemoArchives, demoArchives, words } from './demo-archives.ts';

/** What a program may count on; the fields of manifests are in the specification of the format. */
const DOCUMENTED = new Set(
  [...readFileSync(join(import.meta.dirname, '../../docs/json.md'), 'utf8').matchAll(/`([^`\s]+)`/g)].map(
    ([, name]) => name!,
  ),
);

let demo: DemoArchives;

beforeAll(async () => {
  demo = await demoArchives();
});

afterAll(() => rmSync(demo.folder, { recursive: true, force: true }));

const file = (name: string) => join(demo.folder, name);

/** Names of everything in an answer, but for what the format specifies and what is named after data. */
function namesIn(value: Answer, names = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) namesIn(item, names);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      names.add(name);
      if (!['manifest', 'records', 'document', 'image', 'params', 'counts', 'byAuthor'].includes(name))
        namesIn(inner, names);
    }
  }
  return names;
}

const undocumented = (document: Answer) => [...namesIn(document)].filter((name) => !DOCUMENTED.has(name));

test('each name in an answer is documented', async () => {
  const { sender, receiver, bundle } = demo;
  const [catalog, request] = [file('eva.indacatalog'), file('wanted.indarequest')];
  const commands = [
    ['catalog', '--db', sender, '-o', catalog],
    ['analyze', '--db', receiver, '--remote', catalog, '-o', request],
    ['export', '--db', sender, '--for', receiver, '-o', file('again.indabundle'), '--check'],
    ['export', '--db', sender, '--all', '--volume-size', '200K', '-o', file('series')],
    ['inspect', bundle, '--files'],
    ['inspect', file('series')],
    ['verify', bundle, '--db', receiver],
    ['apply', bundle, '--db', receiver, '--yes'],
    ['status', '--db', receiver],
    ['diff', sender, receiver, '--files'],
    ['cleanup', '--db', receiver, '--dry-run'],
    ['backup', '--db', receiver],
    ['demo', file('another')],
    ['status', 'nothing', '--db', receiver],
  ];
  const told = new Map<string, string[]>();
  let operation = '';
  let list = '';
  for (const argv of commands) {
    const { answer: document } = await answer(argv);
    if (argv[0] === 'analyze') list = document.result.remotes[0].asked.listId;
    if (argv[0] === 'apply') operation = document.results[0].operationId;
    const missing = undocumented(document);
    if (missing.length > 0) told.set(argv[0]!, missing);
  }
  for (const argv of [
    ['verify', '--operation', operation, '--db', receiver],
    ['analyze', '--list-id', list, '--db', receiver],
    ['revert', operation, '--db', receiver, '--yes'],
  ]) {
    const missing = undocumented((await answer(argv)).answer);
    if (missing.length > 0) told.set(argv[0]!, missing);
  }
  expect([...told]).toEqual([]);
});

test('each name in a line of progress is documented', async () => {
  const { err } = await words(['verify', demo.bundle, '--json']);
  const lines = err.trim().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(undocumented(JSON.parse(line))).toEqual([]);
});
