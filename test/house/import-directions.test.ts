import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { inFolder } from '../bundle/programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const USE_CASES = [
  'analyze',
  'apply',
  'backup',
  'catalog',
  'cleanup',
  'demo',
  'diff',
  'export',
  'inspect',
  'revert',
  'status',
  'verify',
];

/** What each folder may import from; everything else is forbidden (CONTRIBUTING.md, "The house"). */
const MAY: Record<string, readonly string[]> = {
  base: [],
  manifest: ['base'],
  bundle: ['base'],
  archive: ['base'],
  reading: ['base', 'bundle', 'manifest'],
  merge: ['archive', 'base', 'manifest'],
  'catalog-file': ['base', 'bundle', 'manifest'],
  'request-file': ['base', 'bundle', 'manifest'],
  holdings: ['archive', 'base', 'catalog-file'],
  ...Object.fromEntries(
    USE_CASES.map((name) => [
      name,
      [
        'archive',
        'base',
        'bundle',
        'catalog-file',
        'holdings',
        'manifest',
        'merge',
        'reading',
        'request-file',
      ],
    ]),
  ),
  cli: ['base', 'manifest', ...USE_CASES],
};
const FOLDERS = Object.keys(MAY);

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

/** Lints files in a project with our configuration; answers `file rule` for each complaint. */
async function complaints(files: Record<string, string>): Promise<Set<string>> {
  return await inFolder((folder) => {
    copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    copyFileSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
    const args = [oxlint, '--type-aware', '--deny-warnings', '-f', 'json', '.'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: Diagnostic[] };
    const rule = (code: string) => /\((.*)\)/.exec(code)?.[1] ?? code;
    return new Set(
      diagnostics.map(({ filename, code }) => `${filename.replaceAll('\\', '/')} ${rule(code)}`),
    );
  });
}

const FORMS: Record<string, (target: string) => string> = {
  static: (target) => `import { value } from '${target}';\nexport const copy = value;\n`,
  type: (target) => `import type { Value } from '${target}';\nexport type Copy = Value;\n`,
  again: (target) => `export { value } from '${target}';\n`,
  star: (target) => `export * from '${target}';\n`,
  late: (target) => `export const load = async () => await import('${target}');\n`,
};

/** One file for every pair of folders, every form of import, from a folder and from one inside it. */
function everyImport(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const folder of FOLDERS)
    files[`src/${folder}/value.ts`] = 'export const value = 1;\nexport type Value = 1;\n';
  for (const from of FOLDERS) {
    for (const to of FOLDERS) {
      if (from === to) continue;
      for (const [form, write] of Object.entries(FORMS)) {
        files[`src/${from}/${to}-${form}.ts`] = write(`../${to}/value.ts`);
      }
      files[`src/${from}/inner/${to}.ts`] = FORMS['static']!(`../../${to}/value.ts`);
      files[`src/${from}/around-${to}.ts`] = FORMS['static']!(`../../src/${to}/value.ts`);
    }
    files[`src/${from}/inner/own.ts`] = FORMS['static']!('../value.ts');
  }
  return files;
}

describe('imports point down', () => {
  let found: Set<string>;
  beforeAll(async () => {
    found = await complaints(everyImport());
  });
  const forbidden = (file: string) => found.has(`src/${file}.ts no-restricted-imports`);

  const pairs = FOLDERS.flatMap((from) =>
    FOLDERS.filter((to) => to !== from).map((to) => [from, to] as const),
  );
  test.each(pairs)('%s -> %s', (from, to) => {
    const expected = !MAY[from]!.includes(to);
    for (const form of Object.keys(FORMS)) {
      expect([form, forbidden(`${from}/${to}-${form}`)]).toEqual([form, expected]);
    }
    expect(forbidden(`${from}/inner/${to}`)).toBe(expected);
    expect(forbidden(`${from}/around-${to}`)).toBe(expected);
  });

  test.each(FOLDERS)('%s -> itself', (folder) => expect(forbidden(`${folder}/inner/own`)).toBe(false));

  test('every folder of src is in the table', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((item) =>
      item.isDirectory(),
    );
    expect(folders.map(({ name }) => name).filter((name) => !FOLDERS.includes(name))).toEqual([]);
  });
});

const RULES: [rule: string, file: string, content: string][] = [
  ['no-restricted-imports', 'src/index.ts', "export { value } from './bundle/value.ts';\n"],
  ['no-restricted-imports', 'src/export/barrel.ts', "export { value } from '../index.ts';\n"],
  ['no-restricted-imports', 'src/export/test.ts', "export { value } from '../../test/value.ts';\n"],
  ['no-restricted-imports', 'src/demo/fixtures.ts', "export { value } from '../../fixtures/value.ts';\n"],
  ['no-restricted-imports', 'src/manifest/sql.ts', "export { default } from 'better-sqlite3';\n"],
  ['no-restricted-imports', 'src/bundle/sql.ts', "export { default } from 'better-sqlite3';\n"],
  ['no-restricted-imports', 'src/archive/zstd.ts', "export * from 'zstd-napi/binding.js';\n"],
  ['no-restricted-imports', 'src/bundle/ajv.ts', "export * from 'ajv/dist/2020.js';\n"],
  ['no-restricted-imports', 'src/export/colour.ts', "export { default } from 'picocolors';\n"],
  ['no-restricted-imports', 'src/apply/question.ts', "export { confirm } from '@clack/prompts';\n"],
  ['no-console', 'src/export/print.ts', "console.log('done');\n"],
  ['no-cycle', 'src/base/one.ts', "import { two } from './two.ts';\nexport const one = () => two;\n"],
  [
    'no-floating-promises',
    'src/base/float.ts',
    "import { mkdir } from 'node:fs/promises';\nexport function make() {\n  mkdir('x');\n}\n",
  ],
  [
    'no-floating-promises',
    'src/base/pipe.ts',
    "import { pipeline } from 'node:stream/promises';\nexport function move(a: NodeJS.ReadableStream, b: NodeJS.WritableStream) {\n  pipeline(a, b);\n}\n",
  ],
  [
    'no-misused-promises',
    'src/base/misuse.ts',
    'export const each = (all: number[]) => all.forEach(async (n) => await Promise.resolve(n));\n',
  ],
  [
    'switch-exhaustiveness-check',
    'src/base/switch.ts',
    "export function f(x: 'a' | 'b'): number {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
  ],
];

describe('what else is caught', () => {
  let found: Set<string>;
  beforeAll(async () => {
    const files = Object.fromEntries(RULES.map(([, file, content]) => [file, content]));
    const two = { 'src/base/two.ts': "import { one } from './one.ts';\nexport const two = () => one;\n" };
    const print = { 'src/cli/print.ts': "console.log('done');\n" };
    found = await complaints({ ...files, ...two, ...print });
  });

  test.each(RULES)('%s in %s', (rule, file) => expect(found).toContain(`${file} ${rule}`));

  test('only cli prints', () => expect(found).not.toContain('src/cli/print.ts no-console'));
});
