import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A suite of its own: npm run test:faults.
    exclude: ['test/faults/**'],
    // Real programs, real disks and two slow cores: a test that hangs still ends, a slow one is no failure.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
