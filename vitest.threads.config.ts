import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig, type Plugin } from 'vitest/config';
import usual from './vitest.config.ts';

/**
 * The same tests with worker threads, which are not worth it for the small archives of tests: by default two,
 * or INDABUNDLE_TEST_THREADS.
 */
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const REAL = at('src/base/threads.ts');
const FORCED = at('test/support/forced-threads.ts');

const forcedThreads: Plugin = {
  name: 'forced-threads',
  enforce: 'pre',
  async resolveId(source, importer, options) {
    if (!source.endsWith('/threads.ts')) return null;
    const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
    return resolved?.id === REAL ? FORCED : null;
  },
};

export default mergeConfig(
  usual,
  defineConfig({
    plugins: [forcedThreads],
    test: { env: { INDABUNDLE_TEST_THREADS: process.env['INDABUNDLE_TEST_THREADS'] ?? '2' } },
  }),
);
