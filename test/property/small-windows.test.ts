import { vi } from 'vitest';

// What usually is decided together is more than these archives have: here most of it is decided apart,
// and one window closes while the next ones are filled.
vi.mock('../../src/apply/window-size.ts', () => ({
  WINDOW_BYTES: 10_000,
  WINDOW: { records: 2, lineBytes: 4_000 },
  BATCH: { records: 2, lineBytes: 4_000 },
}));

await import('./any-order.test.ts');
await import('./asking.test.ts');
await import('./conflicts.test.ts');
