import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Real programs, real disks and two slow cores: a test that hangs still ends, a slow one is no failure.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
