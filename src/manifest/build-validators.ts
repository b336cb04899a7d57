/* Run by the build: writes the validators that the schemas compile to where `schema.ts` looks for them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { SCHEMA_NAMES, validatorSource } from './compile-schema.ts';

const folder = new URL('./validators/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const name of SCHEMA_NAMES) writeFileSync(new URL(`${name}.cjs`, folder), validatorSource(name));
