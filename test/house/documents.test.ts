import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/base/errors.ts';
import { COMMANDS } from '../../src/cli/commands/all.ts';
import { CONFLICT_POLICIES, OUTCOMES } from '../../src/apply/options.ts';
import { inFolder } from '../bundle/programs.ts';
import { firstColumn } from '../bundle/specification.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const isDocument = (name: string) => name.endsWith('.md');
const documents = [
  ...readdirSync(root).filter(isDocument),
  ...readdirSync(join(root, 'docs'))
    .filter(isDocument)
    .map((name) => `docs/${name}`),
];

/** The part of a document from one heading, or sentence, to the next heading. */
function part(document: string, from: string): string {
  const [, rest] = text(document).split(`\n${from}\n`);
  return rest!.split(/^## /m)[0]!;
}

/** As GitHub makes them of headings. */
function anchorsOf(document: string): string[] {
  const headings = [...text(document).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\s-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links to files and headings of ours that lead nowhere. */
function deadLinks(document: string): string[] {
  const links = [...text(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path, anchor] = link.split('#');
    const target = path === '' ? document : join(dirname(document), path!);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
}

test.each(documents)('no link of %s leads nowhere', (document) => {
  expect(deadLinks(document)).toEqual([]);
});

describe('README.md says what the program does', () => {
  test('commands', () => {
    const names = firstColumn(part('README.md', '## Commands').split('Exit statuses')[0]!);
    expect(names.sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
  });

  test('exit statuses', () => {
    const [, table] = part('README.md', '## Commands').split('Exit statuses');
    const statuses = [...table!.matchAll(/^\| (\d+) \|/gm)].map(([, status]) => Number(status));
    expect(statuses).toEqual(Object.values(EXIT));
  });

  test('its example of the library compiles', async () => {
    const [, example] = /```ts\n([\s\S]*?)```/.exec(text('README.md'))!;
    const complaints = await inFolder((folder) => {
      mkdirSync(join(folder, 'node_modules'));
      symlinkSync(root, join(folder, 'node_modules/indabundle'), 'dir');
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
      writeFileSync(join(folder, 'example.ts'), example!);
      const compilerOptions = { rootDir: '/', noEmit: true, typeRoots: [join(root, 'node_modules/@types')] };
      const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['example.ts'] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
    });
    expect(complaints).toBe('');
  });
});

describe('docs/merging.md says what the program does', () => {
  test('outcomes', () => {
    const named = [...part('docs/merging.md', '## The outcomes').matchAll(/^\|[^|]*\| `([a-z-]+)` \|/gm)];
    expect(named.map(([, outcome]) => outcome!).sort()).toEqual([...OUTCOMES].sort());
  });

  test('what is done about conflicts', () => {
    expect(firstColumn(part('docs/merging.md', '### Conflicts'))).toEqual([...CONFLICT_POLICIES]);
  });
});
