import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { requirePackage } from '../base/require-package.ts';
import { compileSchema, type SchemaName } from './compile-schema.ts';

const validators = new Map<SchemaName, ValidateFunction>();

/**
 * Holds a value against one of the JSON Schemas in `schemas/`.
 * Returns null when it fits, else where and how it does not, in words.
 */
export function schemaProblem(name: SchemaName, value: unknown): string | null {
  const validate = validatorOf(name);
  if (validate(value)) return null;
  const error = validate.errors?.[0];
  return `${error?.instancePath || 'the document'} ${error?.message ?? 'does not fit'}`;
}

function validatorOf(name: SchemaName): ValidateFunction {
  const known = validators.get(name);
  if (known) return known;
  const validate = readyMade(name) ?? compileSchema(name);
  validators.set(name, validate);
  return validate;
}

/** What the build wrote: to compile a schema at each start takes longer than to verify a small bundle. */
function readyMade(name: SchemaName): ValidateFunction | null {
  const file = fileURLToPath(new URL(`../manifest/validators/${name}.cjs`, import.meta.url));
  return existsSync(file) ? (requirePackage(file) as ValidateFunction) : null;
}
