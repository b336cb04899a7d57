import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git']);

function* filesBelow(folder: string): Generator<string> {
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    if (NOT_OURS.has(item.name)) continue;
    const path = join(folder, item.name);
    if (item.isDirectory()) yield* filesBelow(path);
    else yield relative(root, path).replaceAll('\\', '/');
  }
}

const files = [...filesBelow(root)];
const sources = files.filter((file) => file.endsWith('.ts'));

test('no room is a lumber room', () => {
  const lumber = /(^|[/.-])(utils?|helpers?|commons?|misc|shared|stuff)([/.-]|$)/i;
  expect(lumber.test('src/base/string-utils.ts')).toBe(true);
  expect(files.filter((file) => lumber.test(file))).toEqual([]);
});

test('no class manages, handles or processes', () => {
  const vague = sources.flatMap((file) => {
    const found = readFileSync(join(root, file), 'utf8').match(
      /^(export )?(abstract )?class \w+(Manager|Handler|Processor)\b/gm,
    );
    return found ? [`${file}: ${found.join()}`] : [];
  });
  expect(vague).toEqual([]);
});

describe('what the package says of itself', () => {
  const facts = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    files: string[];
  };

  test('every package that the program imports is one of its dependencies', () => {
    const product = sources.filter((file) => file.startsWith('src/'));
    const imported = new Set<string>();
    for (const file of product) {
      const text = readFileSync(join(root, file), 'utf8');
      for (const [, name] of text.matchAll(/(?:from|import\()\s*'((?:@[\w-]+\/)?[\w-]+)[^']*'/g))
        imported.add(name!);
    }
    imported.delete('node');
    expect(imported.size).toBeGreaterThan(3);
    expect([...imported].filter((name) => !(name in facts.dependencies))).toEqual([]);
  });

  test('every dependency is imported by the program', () => {
    const text = sources
      .filter((file) => file.startsWith('src/'))
      .map((file) => readFileSync(join(root, file), 'utf8'));
    const unused = Object.keys(facts.dependencies).filter(
      (name) => !text.some((source) => source.includes(`'${name}`)),
    );
    expect(unused).toEqual([]);
  });
});
