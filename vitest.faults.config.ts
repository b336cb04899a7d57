import { defineConfig } from 'vitest/config';

/** The short form takes about two minutes; INDABUNDLE_FAULTS=long goes through everything. */
const long = process.env['INDABUNDLE_FAULTS'] === 'long';

export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    pool: 'forks',
    reporters: ['default', './test/faults/count-reporter.ts'],
    testTimeout: long ? 3 * 3_600_000 : 300_000,
    hookTimeout: 300_000,
  },
});
