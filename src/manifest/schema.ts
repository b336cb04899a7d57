import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js';

export type SchemaName = 'manifest' | 'record' | 'author' | 'index' | 'end' | 'catalog' | 'request';

/** That the schemas are valid themselves is for the tests to say: to look at each start costs a tenth of a second. */
const OPTIONS = {
  allErrors: false,
  strict: true,
  strictTypes: false,
  strictRequired: false,
  validateSchema: false,
  meta: false,
  code: { optimize: false },
} as const;

const require = createRequire(import.meta.url);
const compiled = new Map<SchemaName, ValidateFunction>();
let ajv: Ajv2020 | null = null;

/**
 * Holds a value against one of the JSON Schemas in `schemas/`.
 * Returns null when it fits, else where and how it does not, in words.
 */
export function schemaProblem(name: SchemaName, value: unknown): string | null {
  const validate = validator(name);
  if (validate(value)) return null;
  const error = validate.errors?.[0];
  return `${error?.instancePath || 'the document'} ${error?.message ?? 'does not fit'}`;
}

function validator(name: SchemaName): ValidateFunction {
  const known = compiled.get(name);
  if (known) return known;
  ajv ??= newAjv();
  const file = new URL(`../../schemas/${name}.schema.json`, import.meta.url);
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  compiled.set(name, validate);
  return validate;
}

/** Loaded with the first document to check: a hundred modules, which many a command has no use for. */
function newAjv(): Ajv2020 {
  const { Ajv2020: Validator } = require('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
  return new Validator(OPTIONS);
}
