import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { compileSchema, type SchemaName, validatorSource } from '../../src/manifest/compile-schema.ts';
import { author, end, manifest, packed, record } from './sample-documents.ts';

// Beside the packages that a validator needs.
const folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.validators-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SAMPLES: [SchemaName, object][] = [
  ['manifest', manifest],
  ['record', record],
  ['author', author],
  ['index', packed],
  ['end', end],
];

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom('x'.repeat(200_000), -1, 1e300, '🍂'),
);

/** Puts a value into the place that the numbers lead to. */
function spoilt(document: object, way: readonly number[], value: unknown): unknown {
  const copy = structuredClone(document) as Record<string, unknown>;
  let at: Record<string, unknown> = copy;
  for (const [depth, step] of way.entries()) {
    const names = Object.keys(at);
    const name = names[step % names.length];
    if (name === undefined) break;
    const inner = at[name];
    if (depth < way.length - 1 && typeof inner === 'object' && inner !== null)
      at = inner as Record<string, unknown>;
    else at[name] = value;
  }
  return copy;
}

test.each(SAMPLES)('what the build writes for %s finds what the schema finds', (name, sample) => {
  const file = join(folder, `${name}.cjs`);
  writeFileSync(file, validatorSource(name));
  const readyMade = createRequire(import.meta.url)(file) as ValidateFunction;
  const compiled = compileSchema(name);
  const found = (validate: ValidateFunction, value: unknown) => [validate(value), validate.errors];
  expect(found(readyMade, sample)).toEqual([true, null]);
  const way = fc.array(fc.nat(20), { minLength: 1, maxLength: 4 });
  let refused = 0;
  fc.assert(
    fc.property(way, strange, (steps, value) => {
      const document = spoilt(sample, steps, value);
      expect(found(readyMade, document)).toEqual(found(compiled, document));
      if (!compiled(document)) refused += 1;
    }),
  );
  expect(refused).toBeGreaterThan(0);
});
