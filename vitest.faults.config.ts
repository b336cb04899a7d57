import { defineConfig } from 'vitest/config';

/** The short form takes about two minutes; INDABUNDLE_FAULTS=long goes through everything. */
const long = process.env['INDABUNDLE_FAULTS'] === 'long';

export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    pool: 'forks',
    // Most of a test's time is another program's, and its waiting.
    maxWorkers: 2,
    // A machine that is too busy lets a signal come too late: it is tried again.
    retry: process.env['CI'] ? 1 : 0,
    reporters: ['default', './test/faults/count-reporter.ts'],
    testTimeout: long ? 3 * 3_600_000 : 300_000,
    hookTimeout: 300_000,
  },
});
