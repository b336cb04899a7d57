/**
 * Stands in for `src/base/threads.ts` where all tests are to run with so many worker threads, however little
 * there is to do: see vitest.threads.config.ts. Threads cannot run TypeScript; they run what it was compiled to.
 */
type Real = typeof import('../../src/base/threads.ts');

const real = (await import(new URL('../../dist/base/threads.js', import.meta.url).href)) as Real;

export const { LOOK_BYTES, startEarly, workModule } = real;

export const usualThreads: Real['usualThreads'] = () => Number(process.env['INDABUNDLE_TEST_THREADS']);

export const startThreads: Real['startThreads'] = (module, inline, count) =>
  real.startThreads(compiled(module), inline, count);

function compiled({ href }: URL): URL {
  return new URL(href.replace('/src/', '/dist/').replace(/\.ts$/, '.js'));
}
