import { readFileSync } from 'node:fs';
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';
import { requirePackage } from '../base/require-package.ts';

export const SCHEMA_NAMES = ['manifest', 'record', 'author', 'index', 'end', 'catalog', 'request'] as const;
export type SchemaName = (typeof SCHEMA_NAMES)[number];

/** That the schemas are valid themselves is for the tests to say: to look at each start costs a tenth of a second. */
const OPTIONS = {
  allErrors: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  validateSchema: false,
  meta: false,
} as const;

let ajv: Ajv2020 | null = null;

/** Makes the function that holds a value against one of the JSON Schemas in `schemas/`. */
export function compileSchema(name: SchemaName): ValidateFunction {
  ajv ??= newAjv({ ...OPTIONS, code: { optimize: false } });
  return ajv.compile(schemaOf(name));
}

/** The same function as the text of a CommonJS module. */
export function validatorSource(name: SchemaName): string {
  const standalone = requirePackage(
    'ajv/dist/standalone/index.js',
  ) as typeof import('ajv/dist/standalone/index.js');
  const compiler = newAjv({ ...OPTIONS, code: { source: true, process: measureTwice } });
  return standalone.default(compiler, compiler.compile(schemaOf(name)));
}

/** A text that is short enough in 16-bit units is so in characters, too, which take longer to count. */
function measureTwice(code: string): string {
  return code.replaceAll(/(func\d+)\((data\d*)\) > (\d+)/g, '($2.length > $3 && $1($2) > $3)');
}

function schemaOf(name: SchemaName): object {
  const file = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}

/** Loaded with the first schema to compile: a hundred modules, which nobody needs who has validators ready. */
function newAjv(options: ConstructorParameters<typeof Ajv2020>[0]): Ajv2020 {
  const { Ajv2020: Compiler } = requirePackage('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  return new Compiler(options);
}
