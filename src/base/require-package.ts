import { createRequire } from 'node:module';

/**
 * Loads a CommonJS package by its name. To `import` one, Node first searches its text for what it exports,
 * with a parser that takes longer to get ready than most packages: a fifth of the time of a small command.
 */
export const requirePackage = createRequire(import.meta.url);
