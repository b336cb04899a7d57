import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../bundle/programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const DOCUMENTS = [
  ['manifest', 'Manifest'],
  ['record', 'ImageRecord'],
  ['author', 'AuthorRecord'],
  ['index', 'IndexLine'],
  ['end', 'End'],
  ['catalog', 'CatalogDocument'],
  ['request', 'RequestLine'],
] as const;

interface Schema extends JSONSchema {
  properties?: Record<string, Schema>;
  $defs?: Record<string, Schema>;
  items?: Schema;
}

/** Says in words that types have what the schemas say in others. */
function spelledOut(schema: Schema): Schema {
  const copy: Schema = { ...schema };
  const names = (copy.propertyNames as { enum?: string[] } | undefined)?.enum;
  if (names) {
    const value = copy.additionalProperties as Schema;
    copy.properties = Object.fromEntries(names.map((name) => [name, value]));
    delete copy.additionalProperties;
    delete copy.propertyNames;
  } else if (copy.type === 'object' && !copy.properties && copy.additionalProperties === undefined) {
    copy.additionalProperties = true;
  }
  const all = (items: Record<string, Schema>) =>
    Object.fromEntries(Object.entries(items).map(([name, item]) => [name, spelledOut(item)]));
  if (copy.properties) copy.properties = all(copy.properties);
  if (copy.$defs) copy.$defs = all(copy.$defs);
  if (copy.items) copy.items = spelledOut(copy.items);
  return copy;
}

/** Two types are the same when no generic type can tell them apart; `readonly` is ours alone. */
const COMPARISON = (type: string) => `
import type { ${type} as Ours } from ${JSON.stringify(join(root, 'src/manifest/types.ts'))};
import type { ${type} as Schemas } from './schemas.ts';
type Plain<T> = T extends readonly (infer U)[] ? Plain<U>[] : T extends object ? { -readonly [K in keyof T]: Plain<T[K]> } : T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export const same: Same<Plain<Ours>, Plain<Schemas>> = true;
`;

const loaded = (name: string) =>
  JSON.parse(readFileSync(join(root, 'schemas', `${name}.schema.json`), 'utf8')) as Schema;

/** What tsc says of our type and the schema's; '' when they are the same. */
async function disagreement(type: string, schema: Schema): Promise<string> {
  const options = { additionalProperties: false, ignoreMinAndMaxItems: true, format: false };
  const types = await compile(spelledOut(schema), type, options);
  return await inFolder((folder) => {
    writeFileSync(join(folder, 'schemas.ts'), types);
    writeFileSync(join(folder, 'same.ts'), COMPARISON(type));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    const imports = { allowImportingTsExtensions: true, rewriteRelativeImportExtensions: false };
    const compilerOptions = { ...imports, rootDir: '/', typeRoots: [join(root, 'node_modules/@types')] };
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const result = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    if (result.error) throw result.error;
    return result.stdout;
  });
}

describe('the types of the program and the schemas say the same', () => {
  test.each(DOCUMENTS)('%s', async (name, type) => {
    expect(await disagreement(type, loaded(name))).toBe('');
  });
});

describe('a difference would be seen', () => {
  test.each<[string, (schema: Schema) => void]>([
    ['a field that only the types have', (s) => delete s.properties!['notes']],
    ['a field that only the schema has', (s) => (s.properties!['extra'] = { type: 'string' })],
    ['a field that is optional on one side', (s) => (s.required = ['image', 'tags', 'albums'])],
    ['a field of another type', (s) => (s.properties!['file']!.properties!['size'] = { type: 'string' })],
    [
      'a column that does not travel',
      (s) => (s.properties!['image']!.properties!['local_path'] = { type: 'string' }),
    ],
  ])('%s', async (_, change) => {
    const schema = loaded('record');
    change(schema);
    expect(await disagreement('ImageRecord', schema)).toMatch(/same\.ts.*error TS2322/);
  });

  test('a reason that only the schema has', async () => {
    const schema = loaded('end');
    (schema.properties!['omitted']!.propertyNames as { enum: string[] }).enum.push('tired');
    expect(await disagreement('End', schema)).toMatch(/error TS2322/);
  });
});
