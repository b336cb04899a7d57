import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A suite of its own: npm run test:faults.
    exclude: ['test/faults/**'],
    maxWorkers: 2,
    // Real programs, real disks and two slow cores: a test that hangs still ends, a slow one is no failure.
    // Where a machine is that busy, a signal or a child process can come too late for a test: it is tried again.
    retry: process.env['CI'] ? 2 : 0,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
