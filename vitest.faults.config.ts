import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The short form takes about two minutes; INDABUNDLE_FAULTS=long goes through everything, in about an hour. */
const long = process.env['INDABUNDLE_FAULTS'] === 'long';

/** The slowest files, begun first, so that neither worker is left with one of them at the end. */
const SLOWEST = ['mutation', 'kill-apply', 'io-errors', 'kill-export', 'company', 'memory', 'kill-'];

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = SLOWEST.findIndex((name) => moduleId.includes(`/${name}`));
      return at < 0 ? SLOWEST.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    include: ['test/faults/**/*.test.ts'],
    pool: 'forks',
    // Most of a test's time is another program's, and its waiting.
    maxWorkers: 2,
    sequence: { sequencer: SlowestFirst },
    // A machine that is too busy lets a signal come too late: it is tried again.
    retry: process.env['CI'] ? 1 : 0,
    reporters: ['default', './test/faults/count-reporter.ts'],
    testTimeout: long ? 3 * 3_600_000 : 300_000,
    hookTimeout: 300_000,
  },
});
